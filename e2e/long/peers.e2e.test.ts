import path from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { images } from '../cluster/base-images.ts';
import { ClientPod } from '../harness/client-pod.ts';
import { Namespace } from '../harness/deployment.ts';
import { kubectlOf } from '../harness/environment.ts';
import { eventually } from '../harness/eventually.ts';
import type { WireObject } from '../harness/kubectl.ts';
import { conditionOf, status } from '../harness/sample.ts';

const environment = inject('environment');
const kubectl = kubectlOf(environment);
/** The program of which etcd is a part; each node of our own cluster has it at that path. */
const [program = ''] = environment.kubectlCommand;
const MEMBERS = [0, 1, 2].map((index) => `etcd-${index}`);

/** Waits for the addresses of all members, which nobody knows before their pods run, and becomes one. */
const MEMBER = `
  const { spawn } = require('node:child_process');
  const { existsSync, readFileSync } = require('node:fs');
  const [program, name, ip] = process.argv.slice(1);
  const timer = setInterval(() => {
    if (!existsSync('/tmp/members')) return;
    clearInterval(timer);
    const etcd = spawn(program, [
      'etcd', '--name=' + name, '--data-dir=/tmp/data',
      '--listen-client-urls=http://0.0.0.0:2379', '--advertise-client-urls=http://' + ip + ':2379',
      '--listen-peer-urls=http://0.0.0.0:2380', '--initial-advertise-peer-urls=http://' + ip + ':2380',
      '--initial-cluster=' + readFileSync('/tmp/members', 'utf8'),
    ], { stdio: 'inherit' });
    etcd.once('exit', (code) => process.exit(code ?? 1));
    process.on('SIGTERM', () => etcd.kill());
  }, 50);
`;

/** Writes a key by way of every member in turn, which takes a quorum, and says at the end what failed. */
const WRITER = `
  const { existsSync } = require('node:fs');
  const members = process.argv.slice(1, -1);
  const failed = [];
  let written = 0;
  (async () => {
    for (let turn = 0; !existsSync(process.argv.at(-1)); turn += 1) {
      const member = members[turn % members.length];
      const body = JSON.stringify({ key: 'a2V5', value: 'dmFsdWU=' });
      const signal = AbortSignal.timeout(5000);
      try {
        const { ok, status } = await fetch('http://' + member + ':2379/v3/kv/put', { method: 'POST', body, signal });
        if (ok) written += 1;
        else failed.push(member + ' ' + status);
      } catch (error) {
        failed.push(member + ' ' + (error.cause?.code ?? error.name));
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    console.log(JSON.stringify({ written, failed }));
  })();
`;

/** The id of a member, and of the one that leads. */
const STATUS = `
  fetch('http://' + process.argv[1] + ':2379/v3/maintenance/status', { method: 'POST', body: '{}' })
    .then((response) => response.json())
    .then(({ header, leader }) => console.log(JSON.stringify({ id: header.member_id, leader })));
`;

/** Members of a real etcd talk on a port that no object names. */
describe.skipIf(environment.auditLog === undefined)('an etcd of three members', () => {
  let namespace: Namespace;
  let client: ClientPod;
  beforeAll(async () => {
    namespace = await Namespace.create(kubectl, 'portlock-peers');
    client = await ClientPod.create(namespace);
  });
  afterAll(() => namespace?.remove());

  test('waits, naming the peers’ port, and keeps its quorum under the policy that follows', async () => {
    await namespace.apply(etcd());
    const ips = await formed(namespace);
    const { output, end } = client.until(WRITER, ...ips);
    await namespace.run('label', 'statefulset', 'etcd', 'portlock.dev/mode=enforce');
    const held = await namespace.report(
      'etcd-statefulset',
      (report) => status(report, 'PreflightPassed') === 'False',
    );
    const message = conditionOf(held, 'PreflightPassed')?.message ?? '';
    expect(message).toContain('2380/TCP is used by perhaps the replicas among themselves');
    expect(await namespace.find('networkpolicy', 'etcd-statefulset-portlock')).toBeUndefined();
    const [, line = ''] = /(portlock\.dev\/extra-ports=\S+) --overwrite/.exec(message) ?? [];
    await namespace.run('annotate', 'statefulset', 'etcd', line);
    const { spec } = await namespace.policy('etcd-statefulset');
    expect(spec.ingress[0].ports.map(({ port }: { port: number }) => port)).toEqual([2379, 2380]);
    await namespace.report(
      'etcd-statefulset',
      (report) => status(report, 'EnforcementVerified') === 'True',
    );
    await end();
    const { written, failed } = JSON.parse(await output);
    expect(failed).toEqual([]);
    expect(written).toBeGreaterThan(0);
  });

  test('a member that starts anew under the policy finds the others', async () => {
    const pods = await running(namespace);
    const follower = await followerOf(client, pods);
    const others = pods.filter((pod) => pod !== follower).map(({ status: { podIP } }) => podIP);
    const { output, end } = client.until(WRITER, ...others);
    const stop = ['/nodejs/bin/node', '-e', 'process.kill(1)'];
    await namespace.run('exec', follower.metadata.name, '--', ...stop);
    await eventually(
      'the follower to be back',
      () => namespace.get('pod', follower.metadata.name),
      ({ status: { containerStatuses } }) =>
        containerStatuses[0].restartCount === 1 && containerStatuses[0].ready,
    );
    await end();
    expect(JSON.parse(await output).failed).toEqual([]);
  });
});

/** Of the peers' port nothing says a word. */
function etcd(): object {
  const labels = { app: 'etcd' };
  const folder = path.dirname(program);
  return {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name: 'etcd' },
    spec: {
      serviceName: 'etcd',
      replicas: MEMBERS.length,
      podManagementPolicy: 'Parallel',
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          automountServiceAccountToken: false,
          terminationGracePeriodSeconds: 1,
          containers: [
            {
              name: 'etcd',
              image: images.distrolessNode,
              imagePullPolicy: 'Never',
              args: ['-e', MEMBER, '--', program, '$(NAME)', '$(IP)'],
              env: [
                { name: 'NAME', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
                { name: 'IP', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } },
              ],
              ports: [{ containerPort: 2379 }],
              // Which takes a leader: "health" is false without one.
              readinessProbe: { httpGet: { path: '/health', port: 2379 }, periodSeconds: 1 },
              volumeMounts: [
                { name: 'tmp', mountPath: '/tmp' },
                { name: 'program', mountPath: folder, readOnly: true },
              ],
            },
          ],
          volumes: [
            { name: 'tmp', emptyDir: {} },
            { name: 'program', hostPath: { path: folder, type: 'Directory' } },
          ],
        },
      },
    },
  };
}

/** Tells the members of each other, waits until they are one etcd, and returns their addresses. */
async function formed(namespace: Namespace): Promise<string[]> {
  const pods = await running(namespace);
  const members = pods.map(
    ({ metadata, status: { podIP } }) => `${metadata.name}=http://${podIP}:2380`,
  );
  const write = "require('node:fs').writeFileSync('/tmp/members', process.argv[1])";
  const command = ['/nodejs/bin/node', '-e', write, '--', members.join()];
  await Promise.all(MEMBERS.map((name) => namespace.run('exec', name, '--', ...command)));
  await namespace.run('rollout', 'status', 'statefulset/etcd', '--timeout=180s');
  return pods.map(({ status: { podIP } }) => podIP);
}

async function running(namespace: Namespace): Promise<WireObject[]> {
  const { items } = await eventually(
    'the members to run',
    () => namespace.get('pods', '--selector=app=etcd'),
    (pods) =>
      pods.items.length === MEMBERS.length &&
      pods.items.every((pod: WireObject) => pod.status.phase === 'Running' && pod.status.podIP),
  );
  return items;
}

async function followerOf(client: ClientPod, pods: readonly WireObject[]): Promise<WireObject> {
  for (const pod of pods) {
    const { id, leader } = JSON.parse(await client.run(STATUS, pod.status.podIP));
    if (id !== leader) return pod;
  }
  throw new Error('every member leads');
}
