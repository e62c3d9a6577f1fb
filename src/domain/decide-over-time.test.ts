import { describe, expect, test } from 'vitest';
import {
  carriedOut,
  NOW,
  pod,
  policy,
  probed,
  settled,
  snapshot,
  workload,
} from '../testing/builders.ts';
import { condition, LOCKED, OPEN, reportOf } from '../testing/plans.ts';
import { decide } from './decide.ts';
import { withSweep } from './probing/evidence.ts';
import { conditionOf } from './report/conditions.ts';
import type { Snapshot } from './snapshot.ts';

describe('what is known over time', () => {
  test('drift says since when it is, also after a restart', () => {
    const allowAll = policy('allow-all', { ingress: [{}] });
    const drifted = settled(snapshot({ policies: [allowAll] }), OPEN);
    const row = drifted.report?.status?.ports?.[0];
    expect(Date.parse(row?.firstSeenTime ?? '')).toBeGreaterThan(NOW);
    const restarted = { ...drifted, evidence: undefined, now: drifted.now + 7_200_000 };
    const later = settled(restarted, OPEN).report?.status?.ports?.[0];
    expect(later?.firstSeenTime).toBe(row?.firstSeenTime);
    expect(Date.parse(later?.lastSeenTime ?? '')).toBeGreaterThan(restarted.now);
  });

  test('a sweep that is still fresh is not repeated after a restart, unless the policies changed', () => {
    const done = settled(snapshot(), LOCKED);
    const restarted = probed({ ...done, evidence: undefined }, LOCKED);
    expect(decide(restarted).probe.sweeps).toEqual([]);
    expect(decide(restarted).probe.unswept).toBe(0);
    const allowAll = policy('allow-all', { ingress: [{}] });
    const policies = [...done.policies, allowAll];
    const changed = probed({ ...done, policies, evidence: undefined }, LOCKED);
    expect(decide(changed).probe.sweeps).toHaveLength(1);
  });

  test('without a ready pod nothing is claimed', () => {
    const done = decide(snapshot({ pods: [pod({ ready: false })] }));
    expect(condition(done, 'EnforcementVerified')).toMatchObject({
      status: 'Unknown',
      reason: 'NoPods',
    });
    expect(condition(done, 'Ready').status).toBe('True');
    const drifted = settled(snapshot({ workload: workload({ mode: 'audit' }) }), OPEN);
    const scaled = decide({ ...drifted, pods: [] });
    expect(reportOf(scaled).status?.summary?.undeclaredReachable).toBeUndefined();
    expect(condition(scaled, 'DriftDetected').status).toBe('Unknown');
  });

  test('after a restart the report stands until the pods are probed again', () => {
    const done = settled(snapshot(), LOCKED);
    const restarted = decide({ ...done, evidence: undefined });
    expect(reportOf(restarted).status).toEqual(done.report?.status);
    expect(restarted.probe.round).toBeDefined();
  });

  test('after a restart drift stands while it is read again', () => {
    const allowAll = policy('allow-all', { ingress: [{}] });
    const drifted = settled(snapshot({ policies: [allowAll] }), OPEN);
    let current: Snapshot = { ...drifted, evidence: undefined, now: drifted.now + 7_200_000 };
    for (let round = 0; round < 8; round += 1) {
      const plan = decide(current);
      expect(condition(plan, 'DriftDetected')).toEqual(condition(drifted, 'DriftDetected'));
      expect(reportOf(plan).status?.ports?.[0]?.message).toBe('Widened by allow-all');
      current = probed(current, OPEN, 5);
    }
    const mended = probed({ ...drifted, evidence: undefined }, LOCKED);
    expect(condition(decide(mended), 'DriftDetected').status).toBe('False');
  });

  test('a clock that was ahead does not keep bad news and sweeps away', () => {
    const done = settled(snapshot(), LOCKED);
    const now = NOW - 86_400_000;
    const pods = [pod({ readySince: now - 3_600_000 })];
    const drifted = settled({ ...done, evidence: undefined, now, pods }, OPEN);
    expect(condition(drifted, 'DriftDetected').status).toBe('True');
    expect(drifted.now).toBeLessThan(NOW);
  });

  test('conditions keep their transition time while the status stays', () => {
    const done = settled(snapshot(), LOCKED);
    const before = conditionOf(done.report, 'PolicyInSync')?.lastTransitionTime;
    const later = decide({ ...done, now: done.now + 60_000 });
    expect(conditionOf(reportOf(later), 'PolicyInSync')?.lastTransitionTime).toBe(before);
  });

  test('good news from young policies is looked at once more when they have settled', () => {
    const done = settled(snapshot(), LOCKED);
    expect(decide(done).probe.nextAt).toBe(NOW + 60_000);
    const later = { ...done, now: NOW + 60_000 };
    expect(decide(later).probe.round).toBeDefined();
  });

  test('a plan that was carried out leads to no other', () => {
    const done = probed({ ...settled(snapshot(), LOCKED), now: NOW + 60_000 }, LOCKED);
    const plan = decide(done);
    expect(plan.probe.round).toBeUndefined();
    expect(plan.probe.sweeps).toEqual([]);
    expect(plan.probe.nextAt).toBeGreaterThan(done.now + 3_000_000);
  });

  test('what was read under other policies is not held against those of now', () => {
    const audited = settled(snapshot({ workload: workload({ mode: 'audit' }) }), OPEN);
    const enforced = decide({ ...audited, workload: workload() });
    expect(condition(enforced, 'EnforcementVerified')).toMatchObject({
      status: 'Unknown',
      reason: 'Probing',
    });
    expect(reportOf(enforced).status?.ports?.[0]).toMatchObject({
      port: 5000,
      finding: 'UndeclaredReachable',
      message: 'Seen before the policies or the pods changed; being probed again',
    });
  });

  test('drift that is mended is not told any more', () => {
    const allowAll = policy('allow-all', { ingress: [{}] });
    const drifted = settled(snapshot({ policies: [allowAll] }), OPEN);
    const mended = { ...drifted, policies: drifted.policies.filter((each) => each !== allowAll) };
    const atOnce = decide(mended);
    expect(condition(atOnce, 'DriftDetected').status).toBe('Unknown');
    expect(condition(atOnce, 'EnforcementVerified').status).toBe('Unknown');
    const after = decide(probed(mended, LOCKED));
    expect(condition(after, 'DriftDetected').status).toBe('False');
    expect(condition(after, 'EnforcementVerified').status).toBe('True');
  });

  test('drift is told once, and that it is mended too', () => {
    const allowAll = policy('allow-all', { ingress: [{}] });
    let current: Snapshot = snapshot({ policies: [allowAll] });
    const told: string[] = [];
    const pass = (network: Parameters<typeof probed>[1], rounds: number) => {
      for (let round = 0; round < rounds; round += 1) {
        told.push(...decide(current).events.map((event) => event.reason));
        current = probed(current, network, 6);
      }
    };
    pass(OPEN, 20);
    expect(told.splice(0)).toEqual(['PolicyApplied', 'DriftDetected']);
    const another = policy('another', { ingress: [{ ports: [{ port: 9090 }] }] });
    current = { ...current, policies: [...current.policies, another] };
    pass(OPEN, 20);
    current = { ...current, evidence: undefined };
    pass(OPEN, 20);
    expect(told).toEqual([]);
    current = { ...current, policies: current.policies.slice(1, 2) };
    pass(LOCKED, 20);
    expect(current.policies.map(({ metadata }) => metadata.name)).toEqual(['web-portlock']);
    expect(told).toEqual(['DriftResolved']);
  });

  test('a sweep during which other policies came and went does not count', () => {
    const audit = workload({ mode: 'audit' });
    let current = probed(snapshot({ workload: audit }), OPEN);
    while (decide(current).probe.sweeps.length === 0) current = probed(current, OPEN, 5);
    const begun = decide(current);
    const enforced = {
      ...carriedOut(current, begun),
      now: current.now + 10_000,
      workload: workload(),
    };
    const locked = carriedOut(enforced, decide(enforced));
    const again = { ...locked, now: locked.now + 10_000, workload: audit };
    const { evidence } = decide(again);
    if (!evidence || !begun.evidence) throw new Error('no evidence');
    expect(evidence.policies).toBe(begun.evidence.policies);
    const sweep = {
      ip: '10.0.0.1',
      templateHash: 'a',
      policies: evidence.policies,
      pod: pod(),
      startedAt: current.now,
      endedAt: again.now,
      counts: { open: 1, refused: 0, filtered: 65_534, unreachable: 0, error: 0 },
    };
    expect(withSweep(evidence, sweep, [8080], new Set([8080])).sweeps).toEqual([]);
  });

  test('case 47: a pod with two addresses is swept at both', () => {
    const both = pod({ ips: ['10.0.0.1', 'fd00::1'] });
    const done = settled(snapshot({ pods: [both] }), LOCKED);
    const sweeps = done.report?.status?.probe?.sweeps ?? [];
    expect(sweeps.map(({ ip }) => ip)).toEqual(['10.0.0.1', 'fd00::1']);
    const restarted = probed({ ...done, evidence: undefined }, LOCKED);
    expect(decide(restarted).probe.sweeps).toEqual([]);
  });

  test('a sweep that contradicts the last round has the ports asked again', () => {
    let current = probed(snapshot(), LOCKED);
    current = probed(current, OPEN);
    const plan = decide(current);
    expect(plan.evidence?.seen).toEqual([5000, 9090]);
    expect(plan.probe.conclusive).toBe(false);
    expect(decide({ ...current, now: current.now + 5000 }).probe.round?.ports).toContain(5000);
  });

  test('refusals that another policy allows do not say that ours is not enforced', () => {
    const allowAll = policy('allow-all', { ingress: [{}] });
    const done = settled(snapshot({ policies: [allowAll] }), {
      open: [8080],
      otherwise: 'refused',
    });
    expect(condition(done, 'EnforcementVerified')).toMatchObject({
      status: 'Unknown',
      reason: 'Widened',
    });
  });

  test('a port that is declared no more is still looked at', () => {
    const annotations = { 'portlock.dev/extra-ports': '9555/TCP' };
    const audit = workload({ mode: 'audit', annotations });
    const both = { open: [8080, 9555], otherwise: 'refused' } as const;
    const before = settled(snapshot({ workload: audit }), both);
    const done = settled({ ...before, workload: workload({ mode: 'audit' }) }, both);
    expect(done.report?.status?.ports?.[0]).toMatchObject({
      port: 9555,
      finding: 'UndeclaredReachable',
    });
  });

  test('rollout after rollout, only sweeps of templates that have pods are kept', () => {
    let current = settled(snapshot(), LOCKED);
    for (let rollout = 1; rollout <= 10; rollout += 1) {
      const next = pod({
        name: `web-${rollout}`,
        uid: `uid-${rollout}`,
        templateHash: `hash-${rollout}`,
      });
      current = settled({ ...current, pods: [next] }, LOCKED);
    }
    expect(current.report?.status?.probe?.sweeps?.map((sweep) => sweep.pod)).toEqual(['web-10']);
  });
});
