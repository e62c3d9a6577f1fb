import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { MANIFESTS, NO_CLUSTER, OBJECTS_ALONE } from '../testing/command-flags.ts';
import { saidBy } from '../testing/command-streams.ts';
import { runAudit } from './audit.ts';
import { type FixFlags, runFix } from './fix.ts';

const CASES = path.join(import.meta.dirname, 'testdata/manifests');
const AUDIT = {
  ...MANIFESTS,
  ...NO_CLUSTER,
  ...OBJECTS_ALONE,
  allNamespaces: false,
  output: 'json',
  color: false,
} as const;
const NEVER = new AbortController().signal;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'portlock-fix-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function fixed(paths: readonly string[], flags: Partial<FixFlags> = {}, stdin = '') {
  const given = { ...MANIFESTS, dryRun: false, patch: false, ...flags, paths };
  return saidBy((streams) => runFix(given, streams), stdin);
}

/** A Deployment whose containers are as given, and a Service that leads to 9090 of it. */
function manifests(containers: string, servicePort = 'targetPort: 9090'): string {
  return `# All of it.
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  selector:
    matchLabels: {app: web}
  template:
    metadata:
      labels: {app: web}
    spec:
${containers}---
apiVersion: v1
kind: Service
metadata:
  name: web
spec:
  selector: {app: web}
  ports:
    - port: 80
      ${servicePort}
`;
}

const WITH_PORTS = `      containers:
        - name: app # the one
          image: "web:1"

          ports:
            - containerPort: 8080 # http
              name: http
            # the last
          env: []
`;

/** Writes a file, fixes it, and returns what became of it. */
async function fixedText(text: string, flags: Partial<FixFlags> = {}) {
  const file = path.join(folder, 'a.yaml');
  writeFileSync(file, text);
  const said = await fixed([file], flags);
  const after = readFileSync(file, 'utf8');
  return { ...said, after, stderr: said.stderr.replaceAll(folder, '.') };
}

/** The lines that are there now and were not, each with its number; nothing else may have changed. */
function added(before: string, after: string): string[] {
  const lines = after.split('\n');
  const old = before.split('\n');
  const found: string[] = [];
  let at = 0;
  for (const [index, line] of lines.entries())
    if (line === old[at]) at += 1;
    else found.push(`${index + 1}: ${line}`);
  expect(at).toBe(old.length);
  return found;
}

describe('fix', () => {
  test.each<[string, string, string[]]>([
    [
      'behind the last port, whatever comments there are',
      WITH_PORTS,
      ['20:             - containerPort: 9090'],
    ],
    [
      'behind the image where no port is declared',
      '      containers:\n        - name: app\n          image: web:1 # pinned\n          env: []\n',
      ['16:           ports:', '17:             - containerPort: 9090'],
    ],
    [
      'in lists that are not indented, as they are in that file',
      '      containers:\n      - name: app\n        env: []\n',
      ['15:         ports:', '16:         - containerPort: 9090'],
    ],
    [
      'under ports with nothing behind it',
      '      containers:\n        - name: app\n          ports:\n          env: []\n',
      ['16:             - containerPort: 9090'],
    ],
  ])('declares a port %s', async (_where, containers, lines) => {
    const before = manifests(containers);
    const { after, exitCode } = await fixedText(before);
    expect(added(before, after)).toEqual(lines);
    expect(exitCode).toBe(0);
    expect((await fixedText(after)).after).toBe(after);
  });

  test('says the protocol where it is not TCP', async () => {
    const before = manifests(WITH_PORTS, 'protocol: UDP');
    const { after } = await fixedText(before);
    expect(added(before, after)).toEqual([
      '20:             - containerPort: 80',
      '21:               protocol: UDP',
    ]);
  });

  test('keeps line ends of Windows, the byte order mark, and an end without a line feed', async () => {
    const containers = '      containers:\n        - name: app';
    const [workload = '', service] = manifests(`${containers}\n`).split('---\n');
    const before = `\ufeff${`${service}---\n${workload}`.trimEnd().replaceAll('\n', '\r\n')}`;
    const { after } = await fixedText(before);
    expect(after).toBe(`${before}\r\n          ports:\r\n            - containerPort: 9090`);
  });

  test.each<[string, string, string]>([
    [
      'ports are in one line',
      '      containers:\n        - name: app\n          ports: [{containerPort: 8080}]\n',
      'ports are written in one line',
    ],
    [
      'the container is in one line',
      '      containers:\n        - {name: app, image: a}\n',
      'the container is not written with a line for each field',
    ],
    [
      'the container is an alias',
      '      volumes: [&app {name: app}]\n      containers:\n        - *app\n',
      'what is written there is shared by *app',
    ],
    [
      'other containers repeat the ports',
      '      containers:\n        - name: app\n          ports: &ports\n            - containerPort: 8080\n      initContainers:\n        - name: first\n          ports: *ports\n',
      'what is written there is shared by &ports',
    ],
    [
      'a merge key is in it',
      '      volumes: [&app {name: app}]\n      containers:\n        - <<: *app\n          image: a\n',
      'the container is not written with a line for each field',
    ],
  ])('leaves it to a person where %s', async (_what, containers, why) => {
    const before = manifests(containers);
    const { after, stderr, exitCode } = await fixedText(before);
    expect(after).toBe(before);
    expect(stderr).toContain(
      `./a.yaml:2: Deployment default/web: declare 9090/TCP in container app by hand: ${why}\n`,
    );
    expect(exitCode).toBe(1);
  });

  test('declares a port of an item of a List, and of a Deployment in a ClusterServiceVersion', async () => {
    const [workload = '', service = ''] = manifests(WITH_PORTS)
      .replace('# All of it.\n', '')
      .split('---\n');
    const indented = (text: string, indent: string) => text.replaceAll(/^(?=.)/gm, indent);
    const item = indented(workload, '    ').replace('    ', '  - ');
    const list = `apiVersion: v1\nkind: List\nitems:\n${item}---\n${service}`;
    const spec = workload.slice(workload.indexOf('spec:'));
    const csv = `apiVersion: operators.coreos.com/v1alpha1
kind: ClusterServiceVersion
metadata:
  name: web.v1
spec:
  install:
    strategy: deployment
    spec:
      deployments:
        - name: web
${indented(spec, '          ')}---
${service}`;
    for (const before of [list, csv]) {
      const { after, exitCode } = await fixedText(before);
      expect(added(before, after)).toEqual([expect.stringMatching(/: +- containerPort: 9090$/)]);
      expect(exitCode).toBe(0);
    }
  });

  test('does not guess in which of several containers', async () => {
    const before = manifests('      containers:\n        - name: a\n        - name: b\n');
    expect((await fixedText(before)).after).toBe(before);
  });

  test('shows with --dry-run what it would write', async () => {
    const before = manifests(WITH_PORTS);
    const { after, stdout, exitCode } = await fixedText(before, { dryRun: true });
    expect(after).toBe(before);
    expect(stdout.split('\n').slice(2)).toEqual([
      '@@ -17,6 +17,7 @@',
      '           ports:',
      '             - containerPort: 8080 # http',
      '               name: http',
      '+            - containerPort: 9090',
      '             # the last',
      '           env: []',
      ' ---',
      '',
    ]);
    expect(exitCode).toBe(1);
  });

  test('prints with --patch what kustomize takes, for what comes from stdin too', async () => {
    const { stdout, exitCode } = await fixed(['-'], { patch: true }, manifests(WITH_PORTS));
    expect(stdout).toBe(`---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  template:
    spec:
      containers:
        - name: app
          ports:
            - containerPort: 9090
              protocol: TCP
`);
    expect(exitCode).toBe(1);
  });

  test('does not write to stdin', async () => {
    await expect(fixed(['-'])).rejects.toThrow('use --patch');
  });
});

test.each(readdirSync(CASES))(
  'after a fix nothing is left that a fix could do: %s',
  async (name) => {
    cpSync(path.join(CASES, name, 'input'), folder, { recursive: true });
    const first = await fixed([folder]);
    const left = first.stderr.match(/ by hand: /g)?.length ?? 0;
    const { stdout } = await saidBy((streams) =>
      runAudit({ ...AUDIT, paths: [folder] }, streams, NEVER),
    );
    const findings = stdout === '' ? [] : JSON.parse(stdout).workloads.flatMap(findingsOf);
    const declarable = findings.filter(({ patch }: { patch: string | null }) =>
      patch?.includes('containerPort'),
    );
    expect(declarable.length).toBe(left);
  },
);

function findingsOf({ findings }: { findings: { patch: string | null }[] }) {
  return findings;
}
