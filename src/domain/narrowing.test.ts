import { describe, expect, test } from 'vitest';
import {
  carriedOut,
  NO_USAGE,
  NOW,
  pod,
  service,
  snapshot,
  workload,
} from '../testing/builders.ts';
import { ownPolicy } from '../testing/own-policy.ts';
import { decide } from './decide.ts';
import type { Plan } from './plan.ts';
import { grantsOf } from './policy/grants.ts';
import type { Snapshot } from './snapshot.ts';
import { canonicalJson } from './text/canonical.ts';

/** Ours, which allows 9090 from the time when that was declared. */
const WIDE = ownPolicy(workload(), [8080, 9090]);
const NOBODY = { ...NO_USAGE, services: [service(8080)] };

function brakeOf({ report }: Plan) {
  return report.do === 'ensure' ? report.report.status?.brake : undefined;
}

function portsOf({ policy }: Plan): number[] | undefined {
  return policy.do === 'apply' ? grantsOf(policy.policy)?.map(({ first }) => first) : undefined;
}

/** A moment later, a pod is not ready any more. */
function dropped(before: Snapshot): Snapshot {
  const now = NOW + 2000;
  const pods = [pod({ ready: false, readySince: now - 1000 })];
  return { ...before, now, pods, selected: snapshot({ pods }).selected };
}

describe('a policy that allows less than before', () => {
  const before = snapshot({ policies: [WIDE], usage: NOBODY });

  test('is watched as a first one is, and taken back where a pod drops', () => {
    const plan = decide(before);
    expect(portsOf(plan)).toEqual([8080]);
    expect(brakeOf(plan)).toMatchObject({ state: 'Watching', watchedUids: ['uid-pod-1'] });
    const braked = decide(dropped(carriedOut(before, plan)));
    expect(braked.policy.do).toBe('delete');
    expect(brakeOf(braked)?.state).toBe('Engaged');
  });

  test('is watched where it lets in fewer', () => {
    const annotations = { 'portlock.dev/allow-from': 'same-namespace' };
    const fewer = { ...before, policies: [ownPolicy(workload(), [8080])] };
    expect(brakeOf(decide(fewer))).toBeUndefined();
    const plan = decide({ ...fewer, workload: workload({ annotations }) });
    expect(brakeOf(plan)?.state).toBe('Watching');
  });

  test('is not watched where only the edit of somebody else is put back', () => {
    const narrow = ownPolicy(workload(), [8080]);
    const first = carriedOut(before, decide(before));
    const told = {
      ...first,
      now: NOW + 3_600_000,
      report: undefined,
      lastApplied: canonicalJson(narrow),
    };
    const plan = decide({ ...told, policies: [WIDE] });
    expect(portsOf(plan)).toEqual([8080]);
    expect(brakeOf(plan)).toBeUndefined();
  });
});

describe('what somebody is known to use', () => {
  const used = { ...NO_USAGE, services: [service(9090)] };
  const before = snapshot({ policies: [WIDE], usage: used });

  test('is not taken away, until nobody uses it any more', () => {
    const plan = decide(before);
    expect(plan.policy).toEqual({ do: 'nothing' });
    const after = carriedOut(before, plan);
    expect(portsOf(decide({ ...after, usage: NOBODY }))).toEqual([8080]);
  });

  test('is taken away once the owner accepts that', () => {
    const annotations = { 'portlock.dev/accept-cuts': '9090/TCP' };
    const plan = decide({ ...before, workload: workload({ annotations }) });
    expect(portsOf(plan)).toEqual([8080]);
  });

  test('is taken away where a policy of somebody else’s goes on allowing it', () => {
    const other = { ...WIDE, metadata: { name: 'theirs', namespace: 'shop' } };
    const plan = decide({ ...before, policies: [WIDE, other] });
    expect(portsOf(plan)).toEqual([8080]);
  });

  test('stays in the policy also where somebody deletes it', () => {
    const deleted = { ...before, policies: [], lastApplied: canonicalJson(WIDE) };
    expect(portsOf(decide(deleted))).toEqual([8080, 9090]);
  });
});
