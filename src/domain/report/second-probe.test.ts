import { describe, expect, test } from 'vitest';
import { calibration, pod, probed, settled, snapshot, workload } from '../../testing/builders.ts';
import type { Network } from '../../testing/seen-network.ts';
import { decide } from '../decide.ts';
import { once } from '../evaluate/once.ts';
import type { Plan } from '../plan.ts';
import type { Snapshot } from '../snapshot.ts';
import { conditionOf, type Status } from './conditions.ts';
import { type Part, partOf, partsOf } from './report-parts.ts';

const LOCKED: Network = { open: [8080], otherwise: 'filtered' };
const LEAKING: Network = { open: [8080, 9090], otherwise: 'filtered' };
const CUT: Network = { open: [], otherwise: 'filtered' };

const timing = { ...snapshot().timing, interval: 3 * 60_000 };
const first = snapshot({
  timing,
  role: { policy: true, probe: true, secondProbe: false, hasSecond: true },
});
const second = snapshot({
  timing,
  role: { policy: false, probe: false, secondProbe: true, hasSecond: true },
  prober: { ...first.prober, pod: 'portlock-1', podUid: 'uid-second', node: 'node-2' },
  calibrations: [{ ...calibration('Dropped'), between: { fromNode: 'node-2', toNode: 'node-1' } }],
});

/** What is in the cluster once a replica has written its parts. */
function written(before: Snapshot, plan: Plan): Snapshot['report'] {
  if (plan.report.do !== 'ensure') return before.report;
  const { report } = plan.report;
  const own = partsOf(before.role);
  const parts = (['policy', 'probe', 'secondProbe'] as const).map((part: Part) =>
    partOf(own.includes(part) ? report.status : before.report?.status, part),
  );
  const conditions = parts.flatMap((part) => part.conditions ?? []);
  const status: Status = Object.assign({}, ...parts, { conditions });
  return { ...report, metadata: { ...report.metadata, generation: 1 }, status };
}

/** Two replicas that look at the same pods. */
class Pair {
  first: Snapshot;
  second: Snapshot | undefined;
  readonly events: string[] = [];

  constructor(owner: Snapshot = first, other: Snapshot | undefined = second) {
    this.first = owner;
    this.second = other;
  }

  get status(): Status | undefined {
    return this.first.report?.status;
  }

  /** Status and reason of a condition. */
  said(type: 'DriftDetected' | 'EnforcementVerified'): string {
    const { status, reason } = conditionOf(this.first.report, type) ?? {};
    return `${status} ${reason}`;
  }

  row(port: number) {
    return this.status?.ports?.find((each) => each.port === port);
  }

  /** Both look, so often and each so many seconds after the other; the pods answer to each from its own network. */
  look(fromFirst: Network, fromSecond: Network, rounds = 15, seconds = 6): void {
    for (let round = 0; round < rounds; round += 1) {
      this.first = this.#looked(this.first, fromFirst, seconds);
      const { policies, report, now } = this.first;
      if (this.second) {
        this.second = this.#looked({ ...this.second, policies, report }, fromSecond, seconds);
        this.first = { ...this.first, report: this.second.report, now };
        this.first = { ...this.first, report: this.#decided(this.first) };
      }
    }
  }

  /** Both look now and then, for so long. */
  lookFor(minutes: number, fromFirst: Network, fromSecond: Network): void {
    this.look(fromFirst, fromSecond, minutes, 60);
  }

  #looked(before: Snapshot, network: Network, seconds: number): Snapshot {
    const after = { ...probed(before, network, seconds), report: before.report };
    return { ...after, report: this.#decided(after) };
  }

  #decided(before: Snapshot): Snapshot['report'] {
    const plan = decide(before);
    this.events.push(...plan.events.map(({ reason }) => reason));
    if (before.role.secondProbe) expect([plan.policy.do, plan.events]).toEqual(['nothing', []]);
    return written(before, plan);
  }
}

/** Both have looked, and the second sees a leak: what many tests begin with is looked at once. */
const leaked = once(() => {
  const pair = new Pair();
  pair.look(LOCKED, LEAKING);
  return pair;
});

function leaking(): Pair {
  const { first: owner, second: other, events } = leaked();
  const pair = new Pair(owner, other);
  pair.events.push(...events);
  return pair;
}

describe('the second probe', () => {
  test('tells of its rounds, from where they were made, and makes no sweep', () => {
    const pair = new Pair();
    pair.look(LOCKED, LOCKED);
    expect(pair.status?.secondProbe).toEqual({
      fromPod: 'portlock-system/portlock-1',
      fromNode: 'node-2',
      sameNodePods: 1,
      pods: 1,
      ports: expect.any(Number),
      lastProbeTime: expect.any(String),
      policiesHash: pair.status?.probe?.policiesHash,
      calibration: {
        state: 'Dropped',
        message: 'seen as Dropped',
        sinceTime: expect.any(String),
        fromNode: 'node-2',
        toNode: 'node-1',
      },
    });
    expect(pair.status?.probe?.fromNode).toBe('node-1');
    expect(pair.second?.evidence?.sweeps).toEqual([]);
    expect(pair.first.evidence?.sweeps).toHaveLength(1);
    expect(pair.said('EnforcementVerified')).toBe('True Swept');
    expect(pair.said('DriftDetected')).toBe('False NoDrift');
  });

  test('says nothing before its first round is conclusive', () => {
    const pair = new Pair();
    pair.look(LOCKED, LEAKING, 5);
    expect(pair.status?.secondProbe).toBeUndefined();
    expect(pair.said('EnforcementVerified')).toBe('True Swept');
  });

  test('begins with no evidence of others, and asks the ports that they found', () => {
    const audit = { workload: workload({ mode: 'audit' }) };
    const found = settled({ ...first, ...audit }, { open: [8080, 31_337], otherwise: 'refused' });
    const plan = decide({ ...second, ...audit, report: found.report, now: found.now });
    expect(plan.evidence?.settled.size).toBe(0);
    expect(plan.probe.round?.ports).toContain(31_337);
  });

  test('takes its part away where the pods may not be probed any more', () => {
    const pair = leaking();
    const { report } = pair.first;
    const annotations = { 'portlock.dev/probe': 'off' };
    const plan = decide({ ...second, report, workload: workload({ annotations }) });
    expect(written({ ...second, report }, plan)?.status?.secondProbe).toBeUndefined();
    const unready = decide({ ...second, report, pods: [pod({ ready: false })] });
    expect(written({ ...second, report }, unready)).toEqual(report);
  });
});

describe('what only the second probe sees', () => {
  test('is drift, says from which node, and is told once; so is that it is mended', () => {
    const pair = leaking();
    expect(pair.row(9090)).toEqual({
      port: 9090,
      protocol: 'TCP',
      declared: false,
      expected: 'Denied',
      observed: 'Open',
      finding: 'UndeclaredReachable',
      pods: 1,
      fromNode: 'node-2',
      firstSeenTime: expect.any(String),
      lastSeenTime: expect.any(String),
      message:
        'No policy allows it, yet a connection was made: the policy is not enforced (seen from node node-2)',
    });
    expect(pair.status?.summary?.undeclaredReachable).toBe(1);
    expect(pair.said('DriftDetected')).toBe('True UndeclaredReachable');
    expect(pair.said('EnforcementVerified')).toBe('False NotEnforced');
    pair.lookFor(14, LOCKED, LOCKED);
    expect(pair.row(9090)).toBeUndefined();
    expect(pair.said('EnforcementVerified')).toBe('True Swept');
    const told = pair.events.filter((reason) => reason.startsWith('Drift'));
    expect(told).toEqual(['DriftDetected', 'DriftResolved']);
  });

  test('is not said of what both see', () => {
    const pair = new Pair();
    pair.look(LEAKING, LEAKING);
    expect(pair.row(9090)?.fromNode).toBeUndefined();
    expect(pair.status?.secondProbe?.findings).toMatchObject([{ port: 9090, pods: 1 }]);
    pair.lookFor(14, LOCKED, LEAKING);
    expect(pair.row(9090)?.fromNode).toBe('node-2');
    expect(pair.events.filter((reason) => reason.startsWith('Drift'))).toEqual(['DriftDetected']);
  });

  test('a declared port that only it cannot reach is drift, and no doubt of what the first sees', () => {
    const pair = new Pair();
    pair.look(LOCKED, CUT);
    expect(pair.row(8080)).toMatchObject({
      finding: 'DeclaredUnreachable',
      observed: 'Filtered',
      fromNode: 'node-2',
      containers: ['app'],
    });
    expect(pair.row(8080)).not.toHaveProperty('observedHere');
    expect(pair.said('DriftDetected')).toBe('True DeclaredUnreachable');
    expect(pair.said('EnforcementVerified')).toBe('True Swept');
  });

  test('survives a restart of the first, which does not take it for its own', () => {
    const pair = leaking();
    const before = pair.row(9090);
    const restarted = decide({ ...pair.first, evidence: undefined });
    expect(restarted.evidence?.settled.has(9090)).toBe(false);
    expect(restarted.evidence?.seen).toContain(9090);
    expect(written(pair.first, restarted)?.status?.ports?.[0]).toEqual(before);
  });

  test('is its own evidence for one that takes over on that node', () => {
    const pair = leaking();
    const { report, policies, now } = pair.first;
    const promoted = decide({ ...second, role: first.role, report, policies, now });
    expect(promoted.evidence?.settled.get(9090)).toMatchObject({ observed: 'Open' });
    const after = written({ ...second, role: first.role, report }, promoted);
    expect(conditionOf(after, 'DriftDetected')?.status).toBe('True');
    expect(after?.status?.secondProbe).toBeUndefined();
  });

  test('stands until the replica in place of one that is gone has asked', () => {
    const pair = leaking();
    const prober = { ...second.prober, pod: 'portlock-2', podUid: 'uid-third' };
    const { now } = pair.first;
    pair.second = { ...second, prober, now };
    pair.look(LOCKED, LEAKING, 2);
    expect(pair.status?.secondProbe?.fromPod).toBe('portlock-system/portlock-1');
    expect(pair.said('DriftDetected')).toBe('True UndeclaredReachable');
    pair.look(LOCKED, LEAKING);
    expect(pair.status?.secondProbe?.fromPod).toBe('portlock-system/portlock-2');
    expect(pair.events.filter((reason) => reason.startsWith('Drift'))).toEqual(['DriftDetected']);
  });

  test('does not count under other policies, when it is old, or when it is one’s own', () => {
    const pair = leaking();
    const { report } = pair.first;
    const drift = (fields: Partial<Snapshot>) =>
      conditionOf(written(pair.first, decide({ ...pair.first, ...fields })), 'DriftDetected')
        ?.reason;
    const withSection = (fields: object): Partial<Snapshot> => {
      const { secondProbe } = report?.status ?? {};
      const status = { ...report?.status, secondProbe: { ...secondProbe, ...fields } };
      return { report: report && { ...report, status } };
    };
    expect(drift({})).toBe('UndeclaredReachable');
    expect(drift(withSection({ policiesHash: 'other' }))).toBe('NoDrift');
    expect(drift(withSection({ fromPod: 'portlock-system/portlock-0' }))).toBe('NoDrift');
    const old = withSection({ lastProbeTime: '2026-01-01T00:00:00Z' });
    expect(drift({ ...old, role: { ...first.role, hasSecond: false } })).toBe('NoDrift');
    // The second is late, and nobody else knows better.
    expect(drift(old)).toBe('UndeclaredReachable');
  });
});

describe('what is not known to be mended stands', () => {
  const standing = (fromSecond: Network) => {
    const pair = leaking();
    const before = pair.status?.secondProbe;
    pair.lookFor(14, LOCKED, fromSecond);
    expect(pair.status?.secondProbe).toEqual(before);
    expect(pair.said('DriftDetected')).toBe('True UndeclaredReachable');
    expect(pair.events.filter((reason) => reason.startsWith('Drift'))).toEqual(['DriftDetected']);
  };

  test('where nothing can be reached from there any more', () => {
    standing({ open: [], otherwise: 'unreachable' });
  });

  test('where undeclared ports cannot be told', () => {
    standing({ open: [8080], otherwise: 'error' });
  });

  test('where something accepts everything', () => {
    standing({ open: [8080], otherwise: 'open' });
  });

  test('where the replica that saw it changes places with the second', () => {
    const pair = new Pair();
    pair.look(LEAKING, LOCKED);
    const { report, policies, now } = pair.first;
    const swapped = new Pair(
      { ...second, role: first.role, report, policies, now },
      { ...first, role: second.role, report, policies, now },
    );
    swapped.look(LOCKED, LEAKING, 3);
    expect(swapped.row(9090)?.fromNode).toBe('node-1');
    expect(swapped.status?.secondProbe?.fromPod).toBe(pair.status?.probe?.fromPod);
    swapped.look(LOCKED, LEAKING);
    expect(swapped.said('DriftDetected')).toBe('True UndeclaredReachable');
    expect(swapped.events).not.toContain('DriftResolved');
    swapped.lookFor(14, LOCKED, LOCKED);
    expect(swapped.said('DriftDetected')).toBe('False NoDrift');
  });
});

test('a network that does not enforce between the second and the pods is told', () => {
  const calibrations = [
    { ...calibration('NotEnforced'), between: { fromNode: 'node-2', toNode: 'node-1' } },
  ];
  const pair = new Pair(first, { ...second, calibrations });
  pair.look(LOCKED, LOCKED);
  expect(pair.said('EnforcementVerified')).toBe('False NotEnforced');
});

describe('without a second replica', () => {
  const alone = { ...first, role: { ...first.role, hasSecond: false } };

  test('nothing is as if there had been one', () => {
    const pair = new Pair(alone);
    pair.second = undefined;
    pair.look(LOCKED, LOCKED);
    expect(pair.status?.secondProbe).toBeUndefined();
    expect(pair.said('EnforcementVerified')).toBe('True Swept');
  });

  test('what is left of one goes when it is old, and what only it saw', () => {
    const good = new Pair();
    good.look(LOCKED, LOCKED);
    good.first = { ...good.first, role: alone.role };
    good.second = undefined;
    // Where two replicas disagree about who lives, they do not write in turn.
    good.look(LOCKED, LOCKED, 1);
    expect(good.status?.secondProbe?.fromNode).toBe('node-2');
    good.lookFor(26, LOCKED, LOCKED);
    expect(good.status?.secondProbe).toBeUndefined();
    const bad = leaking();
    bad.first = { ...bad.first, role: alone.role };
    bad.second = undefined;
    bad.lookFor(20, LOCKED, LOCKED);
    expect(bad.said('DriftDetected')).toBe('True UndeclaredReachable');
    bad.lookFor(6, LOCKED, LOCKED);
    expect(bad.status?.secondProbe).toBeUndefined();
    expect(bad.said('DriftDetected')).toBe('False NoDrift');
  });
});
