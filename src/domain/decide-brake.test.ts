import { describe, expect, test } from 'vitest';
import { carriedOut, NOW, pod, policy, snapshot, workload } from '../testing/builders.ts';
import { applied, condition, reportOf } from '../testing/plans.ts';
import { decide } from './decide.ts';
import type { Snapshot } from './snapshot.ts';
import { canonicalJson } from './text/canonical.ts';

describe('the brake', () => {
  test('watches from the first application on, also where the report of that was not written', () => {
    const first = snapshot();
    const enforced = carriedOut(first, decide(first));
    const untold = { ...enforced, report: undefined, now: NOW + 2000 };
    expect(reportOf(decide(untold)).status?.brake).toMatchObject({
      state: 'Watching',
      watchedUids: ['uid-pod-1'],
    });
    const old = decide({ ...untold, now: NOW + 60_000 });
    expect(reportOf(old).status?.brake).toBeUndefined();
  });
});

describe('the brake, when a watched pod drops', () => {
  const first = snapshot();
  const enforced = carriedOut(first, decide(first));
  const dropped = (readySince: number, fields = {}): Snapshot => {
    const pods = [pod({ ready: false, readySince })];
    const selected = pods.map((each) => ({ ...each, owner: 'Deployment/web' }));
    return { ...enforced, now: NOW + 6000, pods, selected, workload: workload(fields) };
  };

  test('takes the policy back, whatever the clock of the node says', () => {
    for (const ahead of [0, 600_000]) {
      const plan = decide(dropped(NOW + 5000 + ahead));
      expect(plan.policy.do).toBe('delete');
      expect(condition(plan, 'Stalled').reason).toBe('AutoBrake');
    }
  });

  test('takes it back also while an annotation cannot be read, which is said then', () => {
    const annotations = { 'portlock.dev/extra-ports': 'typo' };
    const before = dropped(NOW + 5000, { annotations });
    const plan = decide(before);
    expect(plan.policy.do).toBe('delete');
    expect(plan.events.map((event) => event.reason)).toEqual(['PolicyDeleted', 'AutoBrake']);
    const after = decide(carriedOut(before, plan));
    expect(after.policy.do).toBe('nothing');
    expect(condition(after, 'Stalled').reason).toBe('InvalidAnnotation');
    expect(reportOf(after).status?.brake?.state).toBe('Engaged');
  });
});

describe('a policy that is held', () => {
  const first = snapshot();
  const plan = decide(first);
  const own = applied(plan);
  const held = {
    ...carriedOut(first, plan),
    workload: workload({ mode: 'enforced' }),
    lastApplied: canonicalJson(own),
  };

  test('is put back when somebody edits or deletes it', () => {
    const edited = { ...own, spec: { ...own.spec, ingress: [{}] } };
    const again = decide({ ...held, policies: [edited] });
    expect(again.policy).toEqual({ do: 'apply', policy: own, live: edited });
    expect(again.events.map(({ reason }) => reason)).toContain('PolicyReverted');
    expect(decide({ ...held, policies: [] }).policy.do).toBe('apply');
    expect(decide(held).policy.do).toBe('nothing');
    expect(decide(held).desired).toEqual(own);
  });

  test('is not made anew for another workload of its name, nor over a stranger’s', () => {
    const recreated = workload({ mode: 'enforced', uid: 'uid-new' });
    expect(decide({ ...held, workload: recreated, policies: [] }).policy.do).toBe('nothing');
    expect(decide({ ...held, policies: [policy('web-portlock')] }).policy.do).toBe('nothing');
  });
});
