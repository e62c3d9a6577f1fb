import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { deployment, Namespace } from './harness/deployment.ts';
import { kubectlOf } from './harness/environment.ts';
import { eventually } from './harness/eventually.ts';
import { leaderPod, OPERATOR_NAMESPACE, operatorReady } from './harness/installation.ts';
import type { WireObject } from './harness/kubectl.ts';
import { reason, status } from './harness/sample.ts';

const kubectl = kubectlOf(inject('environment'));

/** What becomes of the policy of a Deployment, whatever its owner does to it. */
describe('the policy', () => {
  let namespace: Namespace;
  beforeAll(async () => {
    namespace = await Namespace.create(kubectl, 'portlock-policy');
  });
  afterAll(() => namespace?.remove());

  test('off takes policy and report away', async () => {
    await namespace.apply(deployment('out', { mode: 'enforce' }));
    await namespace.policy('out');
    await namespace.report('out', (report) => status(report, 'PolicyInSync') === 'True');
    await namespace.run('label', '--overwrite', 'deployment', 'out', 'portlock.dev/mode=off');
    await namespace.noPolicy('out');
    await eventually(
      'no report',
      () => namespace.find('portexposurereport', 'out'),
      (found) => found === undefined,
    );
  });

  test('same-namespace is the policy that people write by hand, but for the prober', async () => {
    const annotations = { 'portlock.dev/allow-from': 'same-namespace' };
    await namespace.apply(deployment('narrow', { mode: 'enforce', annotations }));
    const byHand = {
      podSelector: { matchLabels: { app: 'narrow' } },
      policyTypes: ['Ingress'],
      ingress: [{ from: [{ podSelector: {} }], ports: [{ protocol: 'TCP', port: 8080 }] }],
    };
    const { spec } = await namespace.policy('narrow');
    const prober = spec.ingress[0].from.pop();
    expect(spec).toEqual(byHand);
    expect(prober).toEqual({
      namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': OPERATOR_NAMESPACE } },
      podSelector: {
        matchLabels: {
          'app.kubernetes.io/name': 'portlock',
          'app.kubernetes.io/component': 'operator',
        },
      },
    });
  });

  test('a list of sources lets in the namespaces that it names, and which is not there is said', async () => {
    const annotations = {
      'portlock.dev/allow-from': 'namespace/portlock-nowhere,namespace/default',
    };
    await namespace.apply(deployment('listed', { mode: 'enforce', annotations }));
    const { spec } = await namespace.policy('listed');
    const named = (name: string) => ({
      namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': name } },
    });
    expect(spec.ingress[0].from.slice(0, -1)).toEqual([
      named('default'),
      named('portlock-nowhere'),
    ]);
    await namespace.report('listed', ({ status: { conditions } }) =>
      conditions.some(({ message }: { message: string }) =>
        message.endsWith('lets in a namespace that is not there: portlock-nowhere'),
      ),
    );
  });

  test('extra-ports are allowed too, also UDP', async () => {
    const annotations = { 'portlock.dev/extra-ports': '9102/TCP,8125/UDP' };
    await namespace.apply(deployment('extra', { mode: 'enforce', annotations }));
    const { spec } = await namespace.policy('extra');
    expect(spec.ingress[0].ports).toEqual([
      { port: 8080, protocol: 'TCP' },
      { port: 8125, protocol: 'UDP' },
      { port: 9102, protocol: 'TCP' },
    ]);
    const report = await namespace.report(
      'extra',
      (each) => status(each, 'PolicyInSync') === 'True',
    );
    expect(report.status.ports).toContainEqual(
      expect.objectContaining({ port: 8125, protocol: 'UDP', finding: 'Unverifiable' }),
    );
  });

  test('a new port in the template is in the policy', async () => {
    await namespace.apply(deployment('grows', { mode: 'enforce' }));
    await namespace.policy('grows');
    const ports = [{ containerPort: 8080 }, { containerPort: 9000 }];
    await namespace.apply(deployment('grows', { mode: 'enforce', ports }));
    await namespace.policy('grows', (policy) => policy.spec.ingress[0].ports.length === 2);
  });

  test('a Deployment that is deleted and made again has a policy with the new owner', async () => {
    await namespace.apply(deployment('again', { mode: 'enforce' }));
    const first = await namespace.policy('again');
    await namespace.replace(deployment('again', { mode: 'enforce' }));
    const { metadata } = await namespace.get('deployment', 'again');
    expect(metadata.uid).not.toBe(first.metadata.ownerReferences?.[0]?.uid);
    const hasNewOwner = (policy: WireObject) =>
      policy.metadata.ownerReferences?.[0]?.uid === metadata.uid;
    const second = await namespace.policy('again', hasNewOwner);
    expect(second.metadata.ownerReferences).toHaveLength(1);
  });

  test('a deleted Deployment leaves nothing behind', async () => {
    await namespace.apply(deployment('gone', { mode: 'enforce' }));
    await namespace.policy('gone');
    await namespace.run('delete', 'deployment', 'gone');
    await namespace.noPolicy('gone');
    await eventually(
      'no report',
      () => namespace.find('portexposurereport', 'gone'),
      (found) => found === undefined,
    );
  });

  test("a stranger's policy of our name is left alone", async () => {
    await namespace.apply({
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: { name: 'taken-portlock' },
      spec: {
        podSelector: { matchLabels: { app: 'taken' } },
        ingress: [{ ports: [{ port: 443 }] }],
      },
    });
    const before = await namespace.get('networkpolicy', 'taken-portlock');
    await namespace.apply(deployment('taken', { mode: 'enforce' }));
    const report = await namespace.report('taken', (each) => status(each, 'Stalled') === 'True');
    expect(reason(report, 'Stalled')).toBe('ForeignNetworkPolicy');
    await namespace.run('label', 'deployment', 'taken', 'portlock.dev/mode-');
    await eventually(
      'no report',
      () => namespace.find('portexposurereport', 'taken'),
      (found) => found === undefined,
    );
    const after = await namespace.get('networkpolicy', 'taken-portlock');
    expect(after.metadata.resourceVersion).toBe(before.metadata.resourceVersion);
  });

  test('a default-deny namespace is never widened by the label alone, but by an explicit allow-from', async () => {
    const closed = await Namespace.create(kubectl, 'portlock-default-deny');
    try {
      await closed.apply({
        apiVersion: 'networking.k8s.io/v1',
        kind: 'NetworkPolicy',
        metadata: { name: 'default-deny' },
        spec: { podSelector: {}, policyTypes: ['Ingress'] },
      });
      await closed.apply(deployment('web', { mode: 'enforce' }));
      await closed.report('web', (each) => reason(each, 'PolicyInSync') === 'WouldWiden');
      expect(await closed.find('networkpolicy', 'web-portlock')).toBeUndefined();
      await closed.run('annotate', 'deployment', 'web', 'portlock.dev/allow-from=any');
      await closed.policy('web');
    } finally {
      await closed.remove();
    }
  });

  test('without a declared port there is no policy, and the report says why', async () => {
    await namespace.apply(deployment('portless', { mode: 'enforce', ports: [] }));
    const report = await namespace.report(
      'portless',
      (each) => reason(each, 'PolicyInSync') === 'NoDeclaredPorts',
    );
    expect(status(report, 'PolicyInSync')).toBe('False');
    expect(await namespace.find('networkpolicy', 'portless-portlock')).toBeUndefined();
  });

  test('on the network of the node there is no policy, and the report says why', async () => {
    await namespace.apply(deployment('on-host', { mode: 'enforce', hostNetwork: true }));
    const report = await namespace.report(
      'on-host',
      (each) => reason(each, 'PolicyInSync') === 'HostNetwork',
    );
    expect(status(report, 'EnforcementVerified')).toBe('False');
    expect(report.status.ports).toEqual([
      expect.objectContaining({ port: 8080, finding: 'Unverifiable' }),
    ]);
    expect(await namespace.find('networkpolicy', 'on-host-portlock')).toBeUndefined();
  });

  test.each([
    ['an unknown mode', 'label', 'portlock.dev/mode=enforced', 'InvalidMode'],
    ['a port out of range', 'annotate', 'portlock.dev/extra-ports=65536/TCP', 'InvalidAnnotation'],
    ['an unknown source', 'annotate', 'portlock.dev/allow-from=everywhere', 'InvalidAnnotation'],
  ])('%s keeps the last good policy', async (what, verb, change, expected) => {
    const name = what.replaceAll(' ', '-');
    await namespace.apply(deployment(name, { mode: 'enforce' }));
    const before = await namespace.policy(name);
    await namespace.run(verb, '--overwrite', 'deployment', name, change);
    const report = await namespace.report(
      name,
      (each) => status(each, 'Stalled') === 'True' && status(each, 'Ready') === 'False',
    );
    expect(reason(report, 'Stalled')).toBe(expected);
    const after = await namespace.get('networkpolicy', `${name}-portlock`);
    expect(after.metadata.resourceVersion).toBe(before.metadata.resourceVersion);
    await eventually(
      'one Warning',
      () =>
        namespace.get(
          'events.events.k8s.io',
          '--field-selector',
          `reason=${expected},regarding.name=${name}`,
        ),
      (events) => events.items.length === 1 && events.items[0].type === 'Warning',
    );
    await namespace.apply(deployment(name, { mode: 'enforce' }));
    const [key = ''] = change.split('=');
    if (verb === 'annotate') await namespace.run('annotate', 'deployment', name, `${key}-`);
    await namespace.report(name, (each) => status(each, 'Stalled') === undefined);
  });

  test('an edit and a deletion are undone', async () => {
    await namespace.apply(deployment('edited', { mode: 'enforce' }));
    const before = await namespace.policy('edited');
    const edit = { spec: { ingress: [{}], egress: [{}], policyTypes: ['Ingress', 'Egress'] } };
    const patch = [
      'patch',
      'networkpolicy',
      'edited-portlock',
      '--type=merge',
      '--patch',
      JSON.stringify(edit),
    ];
    await namespace.run(...patch);
    const same = (policy: WireObject) =>
      JSON.stringify(policy.spec) === JSON.stringify(before.spec);
    await namespace.policy('edited', same);
    await namespace.run('delete', 'networkpolicy', 'edited-portlock');
    await namespace.policy('edited', same);
  });
});

/** What happened while no operator was there is made good when it comes back. */
describe('after an absence of the operator', () => {
  let namespace: Namespace;
  beforeAll(async () => {
    namespace = await Namespace.create(kubectl, 'portlock-absence');
  });
  afterAll(() => namespace?.remove());

  test('left-over policies are swept, and what is right is not written again', async () => {
    for (const name of ['leaves', 'stays', 'edited'])
      await namespace.apply(deployment(name, { mode: 'enforce' }));
    const stays = await namespace.policy('stays');
    const ready = (report: WireObject) => status(report, 'Ready') === 'True';
    const report = await namespace.report('stays', ready);
    for (const name of ['leaves', 'edited']) await namespace.report(name, ready);
    await scaleOperator(0);
    await namespace.run('label', 'deployment', 'leaves', 'portlock.dev/mode-');
    await namespace.run('delete', 'networkpolicy', 'edited-portlock');
    await scaleOperator(2);
    await namespace.noPolicy('leaves');
    await namespace.policy('edited');
    const after = await namespace.get('networkpolicy', 'stays-portlock');
    expect(after.metadata.resourceVersion).toBe(stays.metadata.resourceVersion);
    const reportAfter = await namespace.get('portexposurereport', 'stays');
    expect(reportAfter.metadata.resourceVersion).toBe(report.metadata.resourceVersion);
  });

  test('a leader killed in mid-work leaves work that the other one finishes', async () => {
    const names = Array.from({ length: 30 }, (_, index) => `many-${index}`);
    const labelled = names.map((name) => deployment(name, { mode: 'enforce' }));
    const leader = await leaderPod(kubectl);
    const applying = namespace.apply({ apiVersion: 'v1', kind: 'List', items: labelled });
    await eventually(
      'the first policies',
      () => policyCount(namespace, 'many-'),
      (count) => count >= 3,
    );
    await kubectl.run([
      'delete',
      'pod',
      leader,
      '--namespace',
      OPERATOR_NAMESPACE,
      '--grace-period=0',
      '--force',
    ]);
    await applying;
    await eventually(
      'all policies',
      () => policyCount(namespace, 'many-'),
      (count) => count === names.length,
    );
    const reports = await eventually(
      'all reports',
      () => namespace.get('portexposurereports'),
      ({ items }) =>
        names.every((name) =>
          items.some(
            (each: WireObject) =>
              each.metadata.name === name && status(each, 'PolicyInSync') === 'True',
          ),
        ),
    );
    expect(reports.items.length).toBeGreaterThanOrEqual(names.length);
    await operatorReady(kubectl);
  });
});

async function policyCount(namespace: Namespace, prefix: string): Promise<number> {
  const { items } = await namespace.get('networkpolicies');
  return items.filter((policy: WireObject) => policy.metadata.name.startsWith(prefix)).length;
}

async function scaleOperator(replicas: number): Promise<void> {
  const operator = ['--namespace', OPERATOR_NAMESPACE, 'deployment/portlock-controller-manager'];
  await kubectl.run(['scale', ...operator, `--replicas=${replicas}`]);
  await eventually(
    `${replicas} replicas`,
    () =>
      kubectl.get(
        'pods',
        '--namespace',
        OPERATOR_NAMESPACE,
        '--selector',
        'app.kubernetes.io/component=operator',
      ),
    ({ items }) => items.length === replicas,
  );
  if (replicas > 0) await operatorReady(kubectl);
}
