import { execFile } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { images } from '../cluster/base-images.ts';
import { buildImage } from '../cluster/build-image.ts';
import { run } from '../cluster/command.ts';
import { importImage } from '../cluster/import-image.ts';
import { kubectlOf, repository } from '../harness/environment.ts';
import { eventually } from '../harness/eventually.ts';
import type { WireObject } from '../harness/kubectl.ts';
import { Sample } from '../harness/sample.ts';

const environment = inject('environment');
const kubectl = kubectlOf(environment);
const NAMESPACE = 'portlock-probe-command';
const PORTS = '8080,9090,5000';
/** A cluster of somebody else's has the images that it was given, and no more. */
const canGiveImages = process.env.PORTLOCK_E2E_IMAGES !== 'loaded';

let sample: Sample;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'portlock-probe-command-'));
  sample = await Sample.create(kubectl, NAMESPACE);
  const restricted = 'pod-security.kubernetes.io/enforce=restricted';
  await kubectl.run(['label', 'namespace', NAMESPACE, restricted]);
});
afterAll(async () => {
  await sample?.remove();
  await rm(folder, { recursive: true, force: true });
});

// Side by side: each of them mostly waits.
describe('from a pod of the cluster', () => {
  test.concurrent('an address of the sample: every port open, and nothing known of it', async () => {
    const [address = ''] = await sample.addresses();
    const { code, result } = await probeInPod('before', [address, '--ports', PORTS]);
    expect(states(result)).toEqual({ 5000: 'Open', 8080: 'Open', 9090: 'Open' });
    expect(result).toMatchObject({ from: 'before', addresses: [{ address, pod: null }] });
    expect(result.warnings).toEqual([expect.stringContaining('no cluster to talk to')]);
    expect(code).toBe(0);
  });

  test.concurrent('an account without rights is said, and the address probed all the same', async () => {
    const [address = ''] = await sample.addresses();
    const { code, result } = await probeInPod('no-rights', [address, '--ports', PORTS], 'default');
    expect(result.warnings).toEqual([
      expect.stringMatching(
        /^nothing is known of pods and what they declare: not allowed to list pods in the namespace "portlock-probe-command": pods is forbidden: User "system:serviceaccount:portlock-probe-command:default" cannot list/,
      ),
    ]);
    expect(states(result)).toEqual({ 5000: 'Open', 8080: 'Open', 9090: 'Open' });
    expect(code).toBe(0);
  });

  test.concurrent('an account that may list the pods of its namespace learns what is declared', async () => {
    await sample.run('create', 'serviceaccount', 'lister');
    await sample.run('create', 'role', 'lister', '--verb=list', '--resource=pods');
    const subject = `--serviceaccount=${NAMESPACE}:lister`;
    await sample.run('create', 'rolebinding', 'lister', '--role=lister', subject);
    const [address = ''] = await sample.addresses();
    const { code, result } = await probeInPod('lister', [address, '--ports', PORTS], 'lister');
    expect(result.warnings).toEqual([
      `only the pods of the namespace "${NAMESPACE}" may be listed`,
    ]);
    expect(undeclared(result)).toEqual([5000, 9090]);
    expect(code).toBe(1);
  });

  test.concurrent('an address to which there is no way is one line', async () => {
    const { code, log } = await runInPod('no-way', ['probe', 'fd00::1', '--quiet']);
    expect(log).toBe(
      'portlock: there is no way to fd00::1 from here: the network says it is unreachable\n',
    );
    expect(code).toBe(2);
  });
});

describe('with the user’s own kubeconfig', () => {
  test.concurrent('a Deployment from inside: declared, listening, reachable', async () => {
    const { code, result } = await probeJson(
      'deployment/multi-port-app',
      '--inside',
      '--rate',
      '0',
    );
    expect(code).toBe(1);
    const [swept, follower] = result.addresses;
    expect(swept).toMatchObject({
      verdict: 'Findings',
      portsAsked: 65_535,
      counts: { open: 3, refused: 65_532 },
      inside: [{ container: 'app', readBy: 'node', reason: '' }],
    });
    const listeners = [{ address: '::', container: 'app', process: 'node' }];
    for (const { ports } of [swept, follower])
      expect(ports).toMatchObject([
        { port: 5000, state: 'Open', finding: 'UndeclaredReachable', declaredBy: [], listeners },
        {
          port: 8080,
          state: 'Open',
          finding: null,
          listeners,
          declaredBy: [{ container: 'app', name: 'http' }],
        },
        { port: 9090, state: 'Open', finding: 'UndeclaredReachable', declaredBy: [], listeners },
      ]);
    expect(follower.portsAsked).toBeLessThan(200);
    const addresses = await sample.addresses();
    expect(result.addresses.map((each: WireObject) => each.address).sort()).toEqual(
      addresses.sort(),
    );
  });

  test.concurrent('the table for people, and a summary on stderr', async () => {
    const [pod = ''] = await podNames();
    const { code, stdout, stderr } = await portlock(
      ...[`pod/${pod}`, '--namespace', NAMESPACE, '--ports', PORTS, '--inside'],
    );
    expect(stdout.split('\n').map((line) => line.split(/\s{2,}/).slice(0, 3))).toEqual([
      ['PORT', 'STATE', 'DECLARED BY'],
      ['5000/TCP', 'Open', '-'],
      ['9090/TCP', 'Open', '-'],
      ['8080/TCP', 'Open', 'app (http)'],
      [`Seen from ${hostname()}`],
      [''],
    ]);
    expect(stdout).toMatch(/9090\/TCP +Open +- +app: node on \* +undeclared, yet reachable\n/);
    expect(stderr).toContain('2 undeclared ports are reachable: 5000, 9090\n');
    expect(code).toBe(1);
  });

  test.concurrent('a range finds the pods in it', async () => {
    const [address = ''] = await sample.addresses();
    const { code, result } = await probeJson(`${address}/32`, '--ports', PORTS);
    expect(result.addresses).toMatchObject([{ address, pod: { namespace: NAMESPACE } }]);
    expect(undeclared(result)).toEqual([5000, 9090]);
    expect(code).toBe(1);
  });

  // The last one of a node's range is given to nobody.
  test.concurrent('an address that no pod has is said', async () => {
    const { code, result } = await probeJson('10.244.0.255', '--ports', '80');
    expect(result.warnings).toEqual(['no pod that may be listed has the address 10.244.0.255']);
    expect(result.addresses[0]).toMatchObject({ pod: null, verdict: 'Unknown' });
    expect(code).toBe(2);
  });

  test.concurrent('an image without any program to read with: said, and the ports are probed', async () => {
    await sample.run('apply', '--filename', await manifest(agnhostPod('bare')));
    await ready('bare');
    const { code, result } = await probeJson('bare', '--inside', '--ports', '8080,8081,9090');
    expect(result.warnings).toEqual([
      'could not look inside bare, container app: no cat in the image',
      'could not look inside bare, container more: no cat in the image',
    ]);
    expect(result.addresses[0].inside).toEqual([
      { container: 'app', readBy: null, reason: 'no cat in the image' },
      { container: 'more', readBy: null, reason: 'no cat in the image' },
    ]);
    expect(states(result)).toEqual({ 8080: 'Open', 8081: 'Open', 9090: 'Refused' });
    expect(undeclared(result)).toEqual([8081]);
    expect(code).toBe(1);
  });

  test
    .skipIf(!canGiveImages)
    .concurrent(
      'two containers with cat: whose socket is which, and loopback is no exposure',
      async () => {
        await giveBusybox();
        await sample.run('apply', '--filename', await manifest(busyboxPod('two')));
        await ready('two');
        const { code, result } = await probeJson('two', '--inside', '--rate', '0');
        expect(result.warnings).toEqual([]);
        expect(result.addresses[0].inside).toEqual([
          { container: 'web', readBy: 'cat', reason: '' },
          { container: 'admin', readBy: 'cat', reason: '' },
        ]);
        const listener = (container: string, address = '::') => [
          { address, container, process: 'httpd' },
        ];
        expect(result.addresses[0].ports).toMatchObject([
          {
            port: 7000,
            state: 'Open',
            finding: 'UndeclaredReachable',
            declaredBy: [],
            listeners: listener('admin'),
          },
          {
            port: 8080,
            state: 'Open',
            finding: null,
            listeners: listener('web'),
            declaredBy: [{ container: 'web', name: null }],
          },
          {
            port: 9000,
            state: 'Refused',
            finding: null,
            note: 'loopback only: no exposure',
            listeners: listener('admin', '127.0.0.1'),
          },
        ]);
        expect(code).toBe(1);
      },
    );

  test.concurrent.each([
    ['a pod that is not there', 'pod/none', 'there is no pod "none" in the namespace'],
    ['a Deployment that is not there', 'deploy/none', 'there is no Deployment "none" in the'],
    [
      'a StatefulSet that is not there',
      'sts/none',
      'there is no StatefulSet "none" in the namespace',
    ],
  ])('%s is one line', async (_, target, message) => {
    const { code, stdout, stderr } = await portlock(target, '--namespace', NAMESPACE);
    expect(stderr).toMatch(new RegExp(`^portlock: ${message}.*\n$`));
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  });

  test.concurrent('whoever may not exec is told the verb and the resource', async () => {
    await sample.run('create', 'serviceaccount', 'reader');
    await sample.run('create', 'role', 'reader', '--verb=get', '--resource=pods');
    const subject = `--serviceaccount=${NAMESPACE}:reader`;
    await sample.run('create', 'rolebinding', 'reader', '--role=reader', subject);
    const token = (await sample.run('create', 'token', 'reader')).trim();
    const config = parse(await readFile(environment.kubeconfig, 'utf8'));
    config.users = config.users.map(({ name }: { name: string }) => ({ name, user: { token } }));
    for (const { context } of config.contexts) context.namespace = NAMESPACE;
    const file = path.join(folder, 'reader.yaml');
    await writeFile(file, stringify(config));
    const [pod = ''] = await podNames();

    const kubeconfig = ['--kubeconfig', file];
    const { code, stderr } = await portlock(pod, '--inside', '--quiet', ...kubeconfig);
    expect(stderr).toMatch(
      /^portlock: not allowed to get pods\/exec in the namespace "portlock-probe-command": pods "\S+" is forbidden: User "\S+:reader" cannot (get|create) resource "pods\/exec".*\n$/,
    );
    expect(code).toBe(2);
    const inContext = await portlock(pod, '--ports', '8080', ...kubeconfig);
    expect(inContext.code).toBe(0);
    const workload = await portlock('deploy/multi-port-app', ...kubeconfig);
    expect(workload.stderr).toMatch(
      /^portlock: not allowed to get deployments in the namespace "portlock-probe-command": /,
    );
    expect(workload.code).toBe(2);
  });
});

/** These come last: they lock the sample. */
describe('after a lock', () => {
  beforeAll(async () => {
    await sample.label('enforce');
    const locked = { 5000: 'timeout', 8080: 'open', 9090: 'timeout' };
    await eventually(
      'the lock',
      () => sample.connect([5000, 8080, 9090]),
      (seen) => JSON.stringify(seen) === JSON.stringify(locked),
    );
  });

  test.concurrent('from a pod, only the declared port of all 65,535 is open', async () => {
    const [address = ''] = await sample.addresses();
    const { code, result } = await probeInPod('after', [address, '--rate', '0']);
    expect(result.addresses[0]).toMatchObject({
      counts: { open: 1, refused: 0, filtered: 65_534, unreachable: 0, error: 0 },
      ports: [{ port: 8080, state: 'Open' }],
    });
    expect(code).toBe(0);
  });

  test.concurrent('from a pod, the other two are told when they are asked for', async () => {
    const [address = ''] = await sample.addresses();
    const { code, result } = await probeInPod('asked', [address, '--ports', PORTS]);
    expect(states(result)).toEqual({ 5000: 'Filtered', 8080: 'Open', 9090: 'Filtered' });
    expect(code).toBe(0);
  });

  test.concurrent('they still listen inside, and it is clean', async () => {
    const args = ['--inside', '--ports', PORTS];
    const { code, result } = await probeJson('deployment/multi-port-app', ...args);
    expect(result.verdict).toBe('Clean');
    expect(states(result)).toEqual({ 5000: 'Filtered', 8080: 'Open', 9090: 'Filtered' });
    for (const { listeners } of result.addresses[0].ports)
      expect(listeners).toMatchObject([{ address: '::', container: 'app' }]);
    expect(code).toBe(0);
  });
});

/** The states of the first address's ports. */
function states(result: WireObject): Record<number, string> {
  const { ports } = result.addresses[0];
  return Object.fromEntries(
    ports.map(({ port, state }: { port: number; state: string }) => [port, state]),
  );
}

function undeclared(result: WireObject): number[] {
  const { ports } = result.addresses[0];
  return ports
    .filter(({ finding }: { finding: string | null }) => finding === 'UndeclaredReachable')
    .map(({ port }: { port: number }) => port);
}

interface Ended {
  code: number;
  stdout: string;
  stderr: string;
}

/** Runs the command on this machine, which reaches the pods as a stranger to the cluster. */
function portlock(...args: string[]): Promise<Ended> {
  const env = { PATH: process.env.PATH, HOME: folder, KUBECONFIG: environment.kubeconfig };
  const command = [path.join(repository, 'src/cli.ts'), 'probe', ...args];
  return new Promise((resolve) => {
    execFile(process.execPath, command, { env, timeout: 100_000 }, (error, stdout, stderr) => {
      const code = typeof error?.code === 'number' ? error.code : error ? -1 : 0;
      resolve({ code, stdout, stderr });
    });
  });
}

async function probeJson(...args: string[]): Promise<{ code: number; result: WireObject }> {
  const flags = ['--output', 'json', '--quiet'];
  const namespace = args[0]?.startsWith('10.') ? [] : ['--namespace', NAMESPACE];
  const { code, stdout, stderr } = await portlock(...args, ...namespace, ...flags);
  expect(stderr).toBe('');
  return { code, result: JSON.parse(stdout) };
}

/** Runs the operator's image once, and returns how it ended and what it wrote. */
async function runInPod(
  name: string,
  args: readonly string[],
  serviceAccount?: string,
): Promise<{ code: number; log: string }> {
  const image = await operatorImage();
  const pod = restrictedPod(name, [{ name: 'probe', image, args }], serviceAccount);
  await sample.run('apply', '--filename', await manifest(pod));
  const { status } = await eventually(
    `the end of ${name}`,
    () => sample.get('pod', name),
    (each) => each.status.containerStatuses?.[0]?.state?.terminated !== undefined,
  );
  const log = await sample.run('logs', name);
  await sample.run('delete', 'pod', name, '--wait=false');
  return { code: status.containerStatuses[0].state.terminated.exitCode, log };
}

async function probeInPod(name: string, args: readonly string[], serviceAccount?: string) {
  const command = ['probe', ...args, '--output', 'json', '--quiet'];
  const { code, log } = await runInPod(name, command, serviceAccount);
  return { code, result: JSON.parse(log) as WireObject };
}

async function operatorImage(): Promise<string> {
  const operator = ['deployment', 'portlock-controller-manager', '--namespace', 'portlock-system'];
  return (await kubectl.get(...operator)).spec.template.spec.containers[0].image;
}

async function podNames(): Promise<string[]> {
  const { items } = await sample.get('pods', '--selector', 'app=multi-port-app');
  return items.map(({ metadata }: WireObject) => metadata.name);
}

async function ready(pod: string): Promise<void> {
  await sample.run('wait', `pod/${pod}`, '--for=condition=Ready', '--timeout=180s');
}

/** A pod that the Pod Security Standard "restricted" lets in. */
function restrictedPod(name: string, containers: object[], serviceAccount?: string): object {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name },
    spec: {
      restartPolicy: 'Never',
      terminationGracePeriodSeconds: 1,
      automountServiceAccountToken: serviceAccount !== undefined,
      ...(serviceAccount !== undefined && { serviceAccountName: serviceAccount }),
      securityContext: {
        runAsNonRoot: true,
        runAsUser: 65_532,
        seccompProfile: { type: 'RuntimeDefault' },
      },
      containers: containers.map((container) => ({
        imagePullPolicy: 'Never',
        ...container,
        securityContext: {
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ['ALL'] },
        },
      })),
    },
  };
}

/** Listens on 8080 and 8081 and declares the first; its image is one program. */
function agnhostPod(name: string): object {
  const args = ['netexec', '--http-port=8080', '--udp-port=-1'];
  const app = { name: 'app', image: images.agnhost, args, ports: [{ containerPort: 8080 }] };
  const more = ['netexec', '--http-port=8081', '--udp-port=-1'];
  return restrictedPod(name, [app, { name: 'more', image: images.agnhost, args: more }]);
}

const BUSYBOX = 'localhost/portlock-e2e/busybox:test';

function busyboxPod(name: string): object {
  const web = {
    name: 'web',
    image: BUSYBOX,
    command: ['/bin/httpd', '-f', '-p', '8080'],
    ports: [{ containerPort: 8080 }],
  };
  const script = '/bin/httpd -f -p 127.0.0.1:9000 & exec /bin/httpd -f -p 7000';
  return restrictedPod(name, [
    web,
    { name: 'admin', image: BUSYBOX, command: ['sh', '-c', script] },
  ]);
}

/** An image with a shell and nothing else. */
async function giveBusybox(): Promise<void> {
  const context = path.join(folder, 'busybox');
  await mkdir(context);
  const program = (await run(['sh', '-c', 'command -v busybox'])).trim();
  await copyFile(program, path.join(context, 'busybox'));
  const dockerfile = path.join(folder, 'Dockerfile');
  await writeFile(
    dockerfile,
    `FROM scratch\nCOPY busybox /bin/busybox\nRUN ["/bin/busybox", "--install", "-s", "/bin"]\n`,
  );
  const archive = path.join(folder, 'busybox.tar');
  await buildImage({ dockerfile, context, tag: BUSYBOX, archive });
  await importImage(archive);
}

async function manifest(object: object): Promise<string> {
  const { metadata } = object as WireObject;
  const file = path.join(folder, `${metadata.name}.json`);
  await writeFile(file, JSON.stringify(object));
  return file;
}
