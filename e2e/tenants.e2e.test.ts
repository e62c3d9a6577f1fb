import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { images } from './cluster/base-images.ts';
import { application } from './harness/application.ts';
import { deployment, Namespace } from './harness/deployment.ts';
import { kubectlOf } from './harness/environment.ts';
import { eventually } from './harness/eventually.ts';
import { leaderPod, OPERATOR_NAMESPACE, operatorReady } from './harness/installation.ts';
import type { WireObject } from './harness/kubectl.ts';
import { installOptionalKinds, removeOptionalKinds } from './harness/optional-kinds.ts';
import { reason, status } from './harness/sample.ts';

const kubectl = kubectlOf(inject('environment'));
const ATTACKER = 'system:serviceaccount:portlock-evil:attacker';

/** What others on the same cluster do to a workload that is not theirs. */
describe('a cluster that many share', () => {
  let victim: Namespace;
  let evil: Namespace;
  beforeAll(async () => {
    victim = await Namespace.create(kubectl, 'portlock-victim');
    evil = await Namespace.create(kubectl, 'portlock-evil');
    await installOptionalKinds(kubectl);
    await evil.run('create', 'serviceaccount', 'attacker');
    await evil.run('create', 'role', 'pods-only', '--verb=create', '--resource=pods');
    await evil.run(
      'create',
      'rolebinding',
      'pods-only',
      '--role=pods-only',
      '--serviceaccount=portlock-evil:attacker',
    );
  });
  afterAll(async () => {
    await removeOptionalKinds(kubectl);
    await evil?.run('delete', 'pods', '--all', '--wait=false');
    await evil
      ?.run('patch', 'pod', 'forged', '--patch', '{"metadata":{"finalizers":null}}')
      .catch(() => 'It is gone.');
    await victim?.remove();
    await evil?.remove();
  });

  test('an account that may only create pods elsewhere opens no port by a forged reference', async () => {
    await victim.apply(
      application('forged', {
        mode: 'enforce',
        listens: [8080],
        declares: [{ containerPort: 8080 }],
      }),
    );
    await victim.policy('forged');
    const replicaSets = await victim.get('replicasets', '--selector', 'app=forged');
    const { name, uid } = replicaSets.items[0].metadata;
    const nodes = await kubectl.get('nodes');
    const forged = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: {
        name: 'forged',
        namespace: evil.name,
        labels: { app: 'forged' },
        // So that it stays, whatever the garbage collector thinks of its owner.
        finalizers: ['portlock.dev/test'],
        ownerReferences: [
          { apiVersion: 'apps/v1', kind: 'ReplicaSet', name, uid, controller: true },
        ],
      },
      spec: {
        // The garbage collector may delete it before the scheduler looks, which then gives it no node.
        nodeName: nodes.items[0].metadata.name,
        containers: [
          {
            name: 'app',
            image: images.agnhost,
            imagePullPolicy: 'Never',
            args: ['pause'],
            ports: [{ containerPort: 22 }, { containerPort: 31_337 }],
          },
        ],
      },
    };
    await kubectl.run(['create', '--as', ATTACKER, '--filename', '-'], JSON.stringify(forged));
    // Whatever the operator made of the pod, it has made by the time that it has done this.
    await victim.run('annotate', 'deployment', 'forged', 'portlock.dev/extra-ports=9999/TCP');
    const { spec } = await victim.policy('forged', (policy) => ports(policy).includes(9999));
    expect(spec.ingress).toEqual([
      {
        ports: [
          { port: 8080, protocol: 'TCP' },
          { port: 9999, protocol: 'TCP' },
        ],
      },
    ]);
  });

  test('a monitor of another namespace is named, waited for while pods are to come, and no longer when they refuse', async () => {
    await evil.apply(nosy(31_337));
    await victim.apply(
      application('watched', {
        mode: 'enforce',
        replicas: 0,
        listens: [8080],
        declares: [{ containerPort: 8080 }],
      }),
    );
    const held = await victim.report(
      'watched',
      (each) => status(each, 'PreflightPassed') === 'False',
    );
    expect(reason(held, 'PolicyInSync')).toBe('PreflightFailed');
    expect(message(held, 'PreflightPassed')).toContain('PodMonitor portlock-evil/nosy');
    expect(message(held, 'PreflightPassed')).not.toContain('extra-ports');
    await victim.run('scale', 'deployment', 'watched', '--replicas', '1');
    const { spec } = await victim.policy('watched');
    expect(spec.ingress[0].ports).toEqual([{ port: 8080, protocol: 'TCP' }]);
    const passed = await victim.report(
      'watched',
      (each) => reason(each, 'PreflightPassed') === 'OutsideReferences',
    );
    expect(message(passed, 'PreflightPassed')).toContain('every ready pod refused');
  });

  test('one that is edited in a loop makes no stream of Events', async () => {
    await victim.apply(deployment('pestered', { mode: 'enforce' }));
    await victim.policy('pestered');
    for (let edit = 0; edit < 12; edit += 1) await evil.apply(nosy(20_000 + edit, 'pestered'));
    await victim.report('pestered', (each) => status(each, 'PreflightPassed') === 'False');
    const { items } = await victim.get(
      'events.events.k8s.io',
      '--field-selector',
      'regarding.name=pestered',
    );
    expect(items.length).toBeLessThanOrEqual(4);
  });

  test('a fight is told once, and is not given up', async () => {
    await victim.apply(deployment('contested', { mode: 'enforce' }));
    await victim.policy('contested');
    const patch = JSON.stringify({ spec: { ingress: [{}] } });
    for (let flip = 0; flip < 12; flip += 1) {
      await victim.run(
        'patch',
        'networkpolicy',
        'contested-portlock',
        '--type=merge',
        '--patch',
        patch,
      );
      await victim.policy('contested', (policy) => ports(policy).join() === '8080');
    }
    const report = await victim.report(
      'contested',
      (each) => reason(each, 'PolicyInSync') === 'Contested',
    );
    expect(message(report, 'PolicyInSync')).toContain('kubectl-patch');
    const { items } = await victim.get(
      'events.events.k8s.io',
      '--field-selector',
      'regarding.name=contested,reason=PolicyReverted',
    );
    expect(items).toHaveLength(1);
  });

  test('what was counted of it is written before the operator ends', async () => {
    await kubectl.run([
      'delete',
      'pod',
      await leaderPod(kubectl),
      '--namespace',
      OPERATOR_NAMESPACE,
    ]);
    const { items } = await eventually(
      'the series',
      () =>
        victim.get(
          'events.events.k8s.io',
          '--field-selector',
          'regarding.name=contested,reason=PolicyReverted',
        ),
      (events) => events.items[0]?.series !== undefined,
    );
    expect(items).toHaveLength(1);
    expect(items[0].series.count).toBeGreaterThanOrEqual(10);
    await operatorReady(kubectl);
  });

  test('a policy that an orphaning deletion left behind is ours, and gets its owner back or goes', async () => {
    const statefulSet = { kind: 'StatefulSet', mode: 'enforce', replicas: 0 } as const;
    const web = application('web', {
      ...statefulSet,
      listens: [8080],
      declares: [{ containerPort: 8080 }],
    });
    await victim.apply(web);
    const owned = await victim.policy('web-statefulset');
    await victim.run('delete', 'statefulset', 'web', '--cascade=orphan');
    await victim.apply(web);
    const { metadata } = await victim.get('statefulset', 'web');
    expect(metadata.uid).not.toBe(owned.metadata.ownerReferences?.[0]?.uid);
    await victim.policy(
      'web-statefulset',
      (policy) => policy.metadata.ownerReferences?.[0]?.uid === metadata.uid,
    );
    const report = await victim.report(
      'web-statefulset',
      (each) => status(each, 'PolicyInSync') === 'True',
    );
    expect(status(report, 'Stalled')).toBeUndefined();
    await victim.run('delete', 'statefulset', 'web', '--cascade=orphan');
    await victim.noPolicy('web-statefulset');
  });

  test('a refused write is told in the server’s own words, and made at once when it is allowed', async () => {
    await victim.apply({
      apiVersion: 'v1',
      kind: 'ResourceQuota',
      metadata: { name: 'no-policies' },
      spec: { hard: { 'count/networkpolicies.networking.k8s.io': '0' } },
    });
    await eventually(
      'the quota in force',
      () => victim.get('resourcequota', 'no-policies'),
      (quota) => quota.status?.hard !== undefined,
    );
    await victim.apply(deployment('refused', { mode: 'enforce' }));
    const report = await victim.report('refused', (each) => status(each, 'Stalled') === 'True');
    expect(reason(report, 'Stalled')).toBe('Forbidden');
    expect(message(report, 'Stalled')).toContain('exceeded quota: no-policies');
    const events = await eventually(
      'the Event',
      () =>
        victim.get(
          'events.events.k8s.io',
          '--field-selector',
          'regarding.name=refused,reason=PolicyWriteFailed',
        ),
      ({ items }) => items.length > 0,
    );
    expect(events.items[0].note).toContain('exceeded quota: no-policies');
    await victim.run('delete', 'resourcequota', 'no-policies');
    await victim.policy('refused');
  });
});

function nosy(portNumber: number, app = 'watched'): object {
  return {
    apiVersion: 'monitoring.coreos.com/v1',
    kind: 'PodMonitor',
    metadata: { name: 'nosy' },
    spec: {
      namespaceSelector: { any: true },
      selector: { matchLabels: { app } },
      podMetricsEndpoints: [{ portNumber }],
    },
  };
}

function ports(policy: WireObject): (number | undefined)[] {
  const rules: { ports?: { port: number }[] }[] = policy.spec.ingress;
  return rules.flatMap((rule) => rule.ports?.map(({ port }) => port) ?? [undefined]);
}

function message(report: WireObject, type: string): string {
  return report.status.conditions.find((each: { type: string }) => each.type === type)?.message;
}
