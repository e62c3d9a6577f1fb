import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { application } from './harness/application.ts';
import { Namespace } from './harness/deployment.ts';
import { kubectlOf } from './harness/environment.ts';
import { eventually } from './harness/eventually.ts';
import type { WireObject } from './harness/kubectl.ts';
import { reason, status } from './harness/sample.ts';

const kubectl = kubectlOf(inject('environment'));

/** Ready while it can connect to the port 9090 of the address in /tmp/peer, and while there is none. */
const PEER_CHECK = `
  const { existsSync, readFileSync } = require('node:fs');
  if (!existsSync('/tmp/peer')) process.exit(0);
  const socket = require('node:net').connect(9090, readFileSync('/tmp/peer', 'utf8'));
  socket.setTimeout(800, () => process.exit(1));
  socket.on('error', () => process.exit(1)).on('connect', () => process.exit(0));
`;
const NODE = '/nodejs/bin/node';

/** Members of a cluster that talk to each other on a port which nothing in Kubernetes tells of. */
describe('the brake', () => {
  let namespace: Namespace;
  beforeAll(async () => {
    namespace = await Namespace.create(kubectl, 'portlock-brake');
  });
  afterAll(() => namespace?.remove());

  const members = (template: Record<string, string>) =>
    application('members', {
      replicas: 2,
      listens: [8080, 9090],
      declares: [{ containerPort: 8080 }],
      podLabels: template,
      readinessProbe: {
        exec: { command: [NODE, '-e', PEER_CHECK] },
        periodSeconds: 1,
        failureThreshold: 2,
        timeoutSeconds: 10,
      },
    });

  test('takes a policy back that makes pods unready, says so, and waits for a person', async () => {
    await namespace.apply(members({ revision: 'a' }));
    await namespace.run('rollout', 'status', 'deployment/members', '--timeout=180s');
    await introduce(namespace);
    await namespace.run('label', 'deployment', 'members', 'portlock.dev/mode=enforce');
    const policy = await namespace.policy('members');
    // The leader says that a person must act, the replica that probes that the workload is not ready.
    const isTold = (each: WireObject) => isBraked(each) && status(each, 'Ready') === 'False';
    const report = await namespace.report('members', isTold);
    await namespace.noPolicy('members');
    const { brake } = report.status;
    expect(brake.state).toBe('Engaged');
    expect(brake.pods.length).toBeGreaterThan(0);
    expect(Date.parse(brake.sinceTime)).toBeGreaterThanOrEqual(
      Date.parse(policy.metadata.creationTimestamp),
    );
    expect(report.status.policy.state).toBe('Proposed');
    await eventually(
      'one Warning',
      () => namespace.get('events.events.k8s.io', '--field-selector', 'reason=AutoBrake'),
      ({ items }) => items.length === 1 && items[0].type === 'Warning',
    );
    await namespace.run('rollout', 'status', 'deployment/members', '--timeout=180s');
    // Pods that are ready again are no reason to try once more.
    await eventually(
      'the members ready',
      () => namespace.get('deployment', 'members'),
      (each) => each.status.readyReplicas === 2,
    );
    expect(await namespace.find('networkpolicy', 'members-portlock')).toBeUndefined();
    expect(isBraked(await namespace.get('portexposurereport', 'members'))).toBe(true);
  });

  test('another replica knows of it', async () => {
    await kubectl.run([
      'rollout',
      'restart',
      'deployment/portlock-controller-manager',
      '--namespace',
      'portlock-system',
    ]);
    await kubectl.run([
      'rollout',
      'status',
      'deployment/portlock-controller-manager',
      '--namespace',
      'portlock-system',
      '--timeout=180s',
    ]);
    // Something that makes the new leader decide.
    await namespace.run('annotate', 'deployment', 'members', 'portlock.dev/probe=on');
    const report = await namespace.report('members', isBraked);
    expect(report.status.brake.state).toBe('Engaged');
    expect(await namespace.find('networkpolicy', 'members-portlock')).toBeUndefined();
  });

  test('is released by another template', async () => {
    await namespace.apply(members({ revision: 'b' }));
    await namespace.policy('members');
    await namespace.report('members', (report) => status(report, 'Stalled') === undefined);
  });
});

/** Tells each pod the address of the other. */
async function introduce(namespace: Namespace): Promise<void> {
  const { items } = await namespace.get('pods', '--selector=app=members');
  const [first, second] = items as WireObject[];
  for (const [pod, peer] of [
    [first, second],
    [second, first],
  ]) {
    const script = `require('node:fs').writeFileSync('/tmp/peer', '${peer?.status.podIP}')`;
    await namespace.run('exec', pod?.metadata.name ?? '', '--', NODE, '-e', script);
  }
}

function isBraked(report: WireObject): boolean {
  return reason(report, 'Stalled') === 'AutoBrake' && status(report, 'Stalled') === 'True';
}
