import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { kubectlOf } from './harness/environment.ts';
import { eventually } from './harness/eventually.ts';
import type { WireObject } from './harness/kubectl.ts';
import { reason, Sample, status, undeclaredReachable } from './harness/sample.ts';

const PORTS = [8080, 9090, 5000];
const ALL_OPEN = { 8080: 'open', 9090: 'open', 5000: 'open' };
const LOCKED = { 8080: 'open', 9090: 'timeout', 5000: 'timeout' };
const POLICY = 'multi-port-app-portlock';

/** The story of the README, step by step; each step begins where the one before ended. */
describe('the story', () => {
  const kubectl = kubectlOf(inject('environment'));
  let sample: Sample;
  let before: WireObject;

  beforeAll(async () => {
    sample = await Sample.create(kubectl, 'portlock-story');
  });
  afterAll(() => sample?.remove());

  test('1. without portlock every port can be reached', async () => {
    await eventually(
      'every port open',
      () => sample.connect(PORTS),
      (seen) => sameConnections(seen, ALL_OPEN),
    );
    before = await sample.get('deployment', 'multi-port-app', '--show-managed-fields');
  });

  test('2 and 3. with the label a policy appears, and only 8080 connects', async () => {
    await sample.label('enforce');
    const policy = await eventually(
      'the policy',
      () => sample.get('networkpolicy', POLICY),
      () => true,
    );
    expect(policy.metadata.ownerReferences).toEqual([
      {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        name: 'multi-port-app',
        uid: before.metadata.uid,
        controller: true,
        blockOwnerDeletion: false,
      },
    ]);
    expect(policy.spec).toEqual({
      podSelector: { matchLabels: { app: 'multi-port-app' } },
      policyTypes: ['Ingress'],
      ingress: [{ ports: [{ port: 8080, protocol: 'TCP' }] }],
    });
    await eventually(
      'the lock',
      () => sample.connect(PORTS),
      (seen) => sameConnections(seen, LOCKED),
    );
  });

  test('4. the report shows one row: enforced, nothing undeclared reachable', async () => {
    const report = await sample.report(
      'everything verified and swept',
      (each) => status(each, 'Ready') === 'True' && each.status.probe?.sweeps !== undefined,
    );
    expect(status(report, 'EnforcementVerified')).toBe('True');
    expect(status(report, 'DriftDetected')).toBe('False');
    expect(report.status.summary).toEqual({
      declared: 1,
      undeclaredReachable: 0,
      declaredUnreachable: 0,
      unverifiable: 0,
    });
    const [sweep] = report.status.probe.sweeps;
    expect(sweep).toMatchObject({ open: 1, refused: 0, filtered: 65_534, failed: 0 });
    const table = await sample.run('get', 'portexposurereports');
    const [header, ...rows] = table
      .trim()
      .split('\n')
      .map((line) => line.split(/\s+/));
    expect(header).toEqual([
      'NAME',
      'MODE',
      'DECLARED',
      'UNDECLARED',
      'UNREACHABLE',
      'ENFORCED',
      'REASON',
      'PREFLIGHT',
      'READY',
      'CHECKED',
      'AGE',
    ]);
    expect(rows.map((row) => row.slice(0, 9))).toEqual([
      ['multi-port-app', 'Enforce', '1', '0', '0', 'True', 'Swept', 'True', 'True'],
    ]);
  });

  test('5. a policy that allows everything is found out and named', async () => {
    await kubectl.apply({
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: { name: 'allow-all', namespace: sample.namespace },
      spec: { podSelector: {}, policyTypes: ['Ingress'], ingress: [{}] },
    });
    // Its two writers, the leader and the replica that probes, need not be equally fast.
    const report = await sample.report(
      'both ports and who opened them',
      (each) => undeclaredReachable(each).length === 2 && effectOf(each, 'allow-all') === 'Widens',
    );
    expect(undeclaredReachable(report)).toEqual([5000, 9090]);
    expect(reason(report, 'EnforcementVerified')).toBe('Widened');
    expect(status(report, 'DriftDetected')).toBe('True');
    // Of two replicas that probe, either may have seen it first.
    expect(report.status.ports[0].message).toMatch(
      /^Widened by allow-all( \(seen from node \S+\))?$/,
    );
    await sample.run('delete', 'networkpolicy', 'allow-all');
    await sample.report('good news', (each) => status(each, 'EnforcementVerified') === 'True');
  });

  test('6. an edited or deleted policy is back, with an Event and a counter', async () => {
    const patch = JSON.stringify({ spec: { ingress: [{}] } });
    await sample.run('patch', 'networkpolicy', POLICY, '--type=merge', '--patch', patch);
    await eventually('the edit undone', () => sample.get('networkpolicy', POLICY), isLocked);
    await sample.run('delete', 'networkpolicy', POLICY);
    await eventually('the policy back', () => sample.get('networkpolicy', POLICY), isLocked);
    await eventually(
      'two Events',
      () => sample.get('events.events.k8s.io', '--field-selector', 'reason=PolicyReverted'),
      (events) => events.items.length >= 2,
    );
  });

  test('7. without the label everything is as before, and the Deployment was never written to', async () => {
    await sample.label(undefined);
    await eventually(
      'no policy and no report',
      () => sample.get('networkpolicies,portexposurereports'),
      (found) => found.items.length === 0,
    );
    await eventually(
      'every port open',
      () => sample.connect(PORTS),
      (seen) => sameConnections(seen, ALL_OPEN),
    );
    const after = await sample.get('deployment', 'multi-port-app', '--show-managed-fields');
    const managers = after.metadata.managedFields?.map((each) => each.manager) ?? [];
    expect(managers.length).toBeGreaterThan(0);
    expect(managers.filter((manager) => manager.includes('portlock'))).toEqual([]);
    expect(after.spec).toEqual(before.spec);
  });
});

function effectOf(report: WireObject, policy: string): string | undefined {
  return report.status.policies?.find(({ name }: { name: string }) => name === policy)?.effect;
}

function isLocked(policy: WireObject): boolean {
  return JSON.stringify(policy.spec.ingress) === '[{"ports":[{"port":8080,"protocol":"TCP"}]}]';
}

function sameConnections(seen: object, expected: object): boolean {
  return JSON.stringify(seen) === JSON.stringify(expected);
}
