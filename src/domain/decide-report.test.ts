import { describe, expect, test } from 'vitest';
import {
  carriedOut,
  NO_USAGE,
  NOW,
  pod,
  policy,
  port,
  service,
  settled,
  snapshot,
  template as templateOf,
  workload,
} from '../testing/builders.ts';
import { condition, LOCKED, OPEN, reportOf } from '../testing/plans.ts';
import { decide } from './decide.ts';

describe('what is reported', () => {
  test('many policies with long names stay within the bounds of the definition', () => {
    const policies = Array.from({ length: 80 }, (_, index) =>
      policy(`${'team-allow-from-ingress-controller-'.repeat(5)}${index}`, { ingress: [{}] }),
    );
    const done = settled(snapshot({ policies }), OPEN);
    expect(done.report?.status?.ports?.[0]?.message?.length).toBeLessThan(1024);
    expect(done.report?.status?.policies).toHaveLength(64);
  });

  test('a finding with all that two long annotations list stays within the bounds too', () => {
    const list = (first: number) =>
      Array.from({ length: 400 }, (_, index) => `${first + index}/TCP`).join(',');
    const annotations = {
      'portlock.dev/extra-ports': list(20_000),
      'portlock.dev/accept-cuts': list(30_000),
    };
    const services = [1001, 1002, 1003, 1004, 1005, 1006].map((number) => service(number));
    const usage = {
      ...NO_USAGE,
      services: services.map((each, index) => ({ ...each, name: `${index}` })),
    };
    const plan = decide(snapshot({ usage, workload: workload({ annotations }) }));
    expect(condition(plan, 'PreflightPassed').message).toHaveLength(32_768);
  });

  test('a tiered policy with an action that is not known may open ports to others', () => {
    const from = [{ pods: { podSelector: { matchLabels: { app: 'client' } } } }];
    const tiered = {
      apiVersion: 'policy.networking.k8s.io/v1alpha2',
      kind: 'ClusterNetworkPolicy',
      metadata: { name: 'log' },
      spec: {
        tier: 'Admin',
        priority: 1,
        subject: { namespaces: {} },
        ingress: [{ action: 'AcceptAndLog', from }],
      },
    };
    const done = settled(snapshot({ tieredPolicies: [tiered] }), LOCKED);
    expect(done.report?.status?.policies?.[1]).toMatchObject({ name: 'log', effect: 'Unknown' });
    expect(condition(done, 'EnforcementVerified')).toMatchObject({
      status: 'Unknown',
      reason: 'Widened',
    });
  });

  test('what a policy that is left as it was still allows is not called unenforced', () => {
    const annotations = { 'portlock.dev/allow-from': 'any' };
    const explicit = workload({ annotations });
    const deny = policy('default-deny');
    const before = settled(snapshot({ policies: [deny], workload: explicit }), LOCKED);
    const fields = { ports: [port(9090)] };
    const next = pod({ ...fields, name: 'web-2', uid: 'uid-pod-2' });
    const held = {
      ...before,
      workload: workload({ generation: 2, template: templateOf(fields) }),
      pods: [next],
      selected: [],
      usage: NO_USAGE,
    };
    const done = settled(held, { open: [9090], refused: [8080], otherwise: 'filtered' });
    expect(condition(done, 'PolicyInSync').reason).toBe('WouldWiden');
    expect(condition(done, 'EnforcementVerified')).toMatchObject({
      status: 'Unknown',
      reason: 'Widened',
      message: expect.stringContaining('NetworkPolicy web-portlock may allow'),
    });
  });

  test('while an annotation cannot be read, what the last good policy allows is no drift', () => {
    const annotations = { 'portlock.dev/extra-ports': '9102/TCP' };
    const both = { open: [8080, 9102], otherwise: 'filtered' } as const;
    const before = settled(snapshot({ workload: workload({ annotations }) }), both);
    const typo = workload({ annotations: { 'portlock.dev/extra-ports': '9102/tcp' } });
    const done = settled({ ...before, workload: typo }, both);
    expect(condition(done, 'Stalled').status).toBe('True');
    expect(condition(done, 'DriftDetected').status).toBe('False');
  });

  test('a policy that could not be written is not told of as if it were there', () => {
    const policyFailure = { reason: 'Forbidden', message: 'not allowed', stalled: true };
    const plan = decide(snapshot({ policyFailure }));
    const { reason, message } = policyFailure;
    expect(condition(plan, 'PolicyInSync')).toEqual({ status: 'False', reason, message });
    expect(condition(plan, 'Stalled')).toEqual({ status: 'True', reason, message });
    expect(condition(plan, 'Reconciling').status).toBe('False');
    expect(condition(plan, 'EnforcementVerified').status).toBe('Unknown');
    expect(reportOf(plan).status?.policy?.state).toBe('Held');
    expect(reportOf(plan).status?.policies).toBeUndefined();
    expect(condition(plan, 'Ready').status).toBe('False');
  });

  test('a write that may succeed by itself is tried again, and nobody has to act', () => {
    const policyFailure = { reason: 'Timeout', message: 'no answer', stalled: false };
    const plan = decide(snapshot({ policyFailure }));
    expect(condition(plan, 'Stalled').status).toBeUndefined();
    expect(condition(plan, 'Reconciling')).toMatchObject({ status: 'True', reason: 'Timeout' });
  });

  test('a policy that somebody changes again and again is told as contested, in the same words', () => {
    const before = snapshot();
    const contest = { since: NOW, by: ['kubectl-edit', 'kubectl-patch'] };
    const plan = decide({ ...carriedOut(before, decide(before)), contest });
    expect(condition(plan, 'PolicyInSync')).toEqual({
      status: 'False',
      reason: 'Contested',
      message:
        'The NetworkPolicy web-portlock is changed again and again by kubectl-edit, kubectl-patch, and put back each time; find out who that is, and have them leave it alone',
    });
    expect(condition(plan, 'Stalled').status).toBeUndefined();
  });

  test('a workload that declares ports without end gets none, and is said so', () => {
    const ports = Array.from({ length: 30_000 }, (_, index) => port(index + 1));
    const template = templateOf({ ports });
    const plan = decide(snapshot({ workload: workload({ template }), pods: [] }));
    expect(plan.policy).toEqual({ do: 'nothing' });
    expect(condition(plan, 'Stalled')).toMatchObject({ status: 'True', reason: 'TooManyPorts' });
    expect(reportOf(plan).status?.portsOmitted).toBe(30_000 - 256);
  });
});
