import { describe, expect, test } from 'vitest';
import { calibration, NOW, pod } from '../../testing/builders.ts';
import { type Evidence, emptyEvidence, type PortEvidence, type Sweep } from './evidence.ts';
import { fingerprint, fingerprintOf, NOTHING_TO_PROBE, planProbe } from './probe-plan.ts';
import { WELL_KNOWN_PORTS } from './well-known-ports.ts';

const TIMING = { settle: 60_000, interval: 3_600_000, jitter: 0.1, brake: 60_000, preflight: 0 };
const PODS = [pod()];
const OPEN: PortEvidence = { observed: 'Open', pods: 1, streak: 1 };
const OLD = NOW - 3_000_000;

/** Evidence of a round of these pods that ended some time ago. */
function read(ago: number, fields: Partial<Evidence> = {}, pods = PODS): Evidence {
  const known = { settled: new Map(), seen: [] };
  const last = { endedAt: NOW - ago, pods: fingerprintOf(pods), podCount: 1, portCount: 1 };
  return {
    ...emptyEvidence('now', OLD, known),
    ports: new Map([[8080, OPEN]]),
    lastRound: last,
    ...fields,
  };
}

function sweep(fields: Partial<Sweep> = {}): Sweep {
  return {
    ip: '10.0.0.1',
    templateHash: 'a',
    policies: 'now',
    pod: { uid: 'uid-pod-1', name: 'web-1', node: 'node-2' },
    startedAt: NOW - 2000,
    endedAt: NOW - 1000,
    counts: { open: 0, refused: 0, filtered: 65_535, unreachable: 0, error: 0 },
    ...fields,
  };
}

function plan(evidence: Evidence, fields: Partial<Parameters<typeof planProbe>[0]> = {}) {
  return planProbe({
    now: NOW,
    timing: TIMING,
    pods: PODS,
    proberNode: 'node-1',
    declared: new Set([8080]),
    referred: [],
    evidence,
    calibration: calibration('Dropped'),
    enforced: true,
    sweeping: true,
    ...fields,
  });
}

const NEVER = emptyEvidence('now', OLD, { settled: new Map(), seen: [] });

test('without a pod there is nothing to probe', () => {
  expect(plan(NEVER, { pods: [] })).toEqual({
    round: undefined,
    sweeps: [],
    nextAt: undefined,
    conclusive: true,
    unswept: 0,
  });
  expect(NOTHING_TO_PROBE.conclusive).toBe(true);
});

describe('a round', () => {
  test('asks declared, seen, referred and well-known ports and three decoys, sorted', () => {
    const evidence = { ...NEVER, seen: [4321] };
    const { round, conclusive } = plan(evidence, { referred: [1234] });
    expect(conclusive).toBe(false);
    expect(round).toMatchObject({
      pods: PODS,
      podsFingerprint: fingerprintOf(PODS),
      referred: [1234],
    });
    expect(round?.decoys).toHaveLength(3);
    for (const decoy of round?.decoys ?? []) {
      expect(decoy).toBeGreaterThanOrEqual(49_152);
      expect(decoy).toBeLessThanOrEqual(65_535);
    }
    const asked = [...WELL_KNOWN_PORTS, 8080, 4321, 1234, ...(round?.decoys ?? [])];
    expect(round?.ports).toEqual([...new Set(asked)].sort((a, b) => a - b));
  });

  test('asks the same decoys of the same snapshot, and others at another time or of other pods', () => {
    const decoys = (fields = {}) => plan(NEVER, fields).round?.decoys.join();
    expect(decoys()).toBe(decoys());
    expect(decoys({ now: NOW + 1 })).not.toBe(decoys());
    expect(decoys({ pods: [pod({ uid: 'other' })] })).not.toBe(decoys());
  });
});

describe('a round of a share of the pods', () => {
  const many = Array.from({ length: 9 }, (_, at) =>
    pod({ uid: `uid-${at}`, name: `web-${at}`, node: `node-${at % 3}` }),
  );
  const bad: Partial<Evidence> = {
    seen: [9090],
    ports: new Map([[9090, { observed: 'Open', pods: 1, streak: 3 }]]),
  };
  const asked = (evidence: Evidence, fields: Partial<Parameters<typeof planProbe>[0]> = {}) => {
    const timing = { ...TIMING, share: 1 / 3 };
    const { round } = plan(evidence, { pods: many, timing, ...fields });
    return round?.pods.map(({ uid }) => uid);
  };

  test('asks others the next time, and says of which pods it is', () => {
    const later = asked(NEVER, { now: NOW + TIMING.interval });
    expect(asked(NEVER)).toHaveLength(3);
    expect(later).toHaveLength(3);
    expect(later).not.toEqual(asked(NEVER));
    expect(plan(NEVER, { pods: many }).round?.podsFingerprint).toBe(fingerprintOf(many));
  });

  test('asks those again that showed what is bad news', () => {
    for (const turn of [0, 1, 2]) {
      const now = NOW + turn * TIMING.interval;
      expect(asked({ ...NEVER, ...bad, witnesses: ['uid-4'] }, { now })).toContain('uid-4');
    }
  });

  test('asks all where nobody knows who showed it, and where all have to refuse', () => {
    expect(asked({ ...NEVER, ...bad })).toHaveLength(many.length);
    expect(asked(NEVER, { referred: [1234] })).toHaveLength(many.length);
  });
});

/** When the next round is due, in ms after the last one. */
function dueAfter(
  fields: Partial<Evidence>,
  more: Partial<Parameters<typeof planProbe>[0]> = {},
): number | undefined {
  const evidence = read(0, fields);
  const { nextAt } = plan(evidence, more);
  if (nextAt === undefined) return undefined;
  // Due at that very moment, and not a millisecond before.
  expect(plan(evidence, { ...more, now: nextAt }).round).toBeDefined();
  expect(plan(evidence, { ...more, now: nextAt - 1 }).round).toBeUndefined();
  return nextAt - NOW;
}

describe('the next round comes', () => {
  const seen = { seen: [9090] };
  const withPort = (fields: Partial<PortEvidence>) => ({
    ...seen,
    ports: new Map([
      [8080, OPEN],
      [9090, { ...OPEN, ...fields }],
    ]),
  });
  const pods = [pod({ uid: 'new' })];

  test.each<[string, number, Partial<Evidence>, Parameters<typeof plan>[1]]>([
    ['a second after one that did not ask these pods', 1000, {}, { pods }],
    ['a second after one that did not ask what was seen open', 1000, seen, {}],
    ['a second after one that did not ask what is declared', 1000, {}, { declared: new Set([22]) }],
    ['a second after one that did not ask what is referred to', 1000, {}, { referred: [9000] }],
    ['5 s after bad news read twice', 5000, withPort({ streak: 2 }), {}],
    ['5 s after refusals read twice', 5000, { refusals: { ports: 1, streak: 2 } }, {}],
    ['5 s after ports that were not told twice', 5000, { untold: { ports: 1, streak: 2 } }, {}],
    [
      '5 s after a referred port refused twice',
      5000,
      { referred: new Map([[9000, 2]]) },
      { referred: [9000] },
    ],
    [
      '5 s after a referred port refused once',
      5000,
      { referred: new Map([[9000, 1]]) },
      { referred: [9000] },
    ],
    [
      'sooner after bad news where the settle time is short',
      1000,
      withPort({ streak: 2 }),
      { timing: { ...TIMING, settle: 3000 } },
    ],
    [
      'at once after other pods where the settle time is short',
      100,
      {},
      { pods, timing: { ...TIMING, settle: 300 } },
    ],
    ['when the policies have settled', 59_000, { policiesSince: NOW - 1000 }, {}],
    [
      'when the youngest pod has settled',
      58_000,
      {
        lastRound: {
          endedAt: NOW,
          pods: fingerprintOf([pod({ readySince: NOW - 2000 })]),
          podCount: 1,
          portCount: 1,
        },
      },
      { pods: [pod({ readySince: NOW - 2000 })] },
    ],
  ])('%s', (_what, after, fields, more) => {
    expect(dueAfter(fields, more)).toBe(after);
  });

  test.each<[string, Partial<Evidence>, Parameters<typeof plan>[1]]>([
    ['good news', {}, {}],
    ['bad news read three times', withPort({ streak: 3 }), {}],
    ['refusals read three times', { refusals: { ports: 1, streak: 3 } }, {}],
    [
      'refusals where nothing is enforced',
      { refusals: { ports: 1, streak: 1 } },
      { enforced: false },
    ],
    [
      'refusals where denials are refusals',
      { refusals: { ports: 1, streak: 1 } },
      { calibration: calibration('Rejected') },
    ],
    ['ports that were not told three times', { untold: { ports: 1, streak: 3 } }, {}],
    [
      'referred ports, refused thrice or not at all',
      {
        referred: new Map([
          [9000, 3],
          [9001, 0],
        ]),
      },
      { referred: [9000, 9001] },
    ],
    ['policies that settled at that moment', { policiesSince: NOW - 60_000 }, {}],
  ])('an interval, less the jitter, after %s', (_what, fields, more) => {
    const after = dueAfter(fields, more) ?? 0;
    expect(after).toBeGreaterThanOrEqual(TIMING.interval * 0.9);
    expect(after).toBeLessThanOrEqual(TIMING.interval);
    expect(plan(read(0, fields), more).conclusive).toBe(true);
  });

  test('by a share of the jitter that is always the same for the same pods, a quarter at least', () => {
    const share = Number.parseInt(fingerprintOf(PODS).slice(0, 4), 16) / 65_535;
    const earlier = 0.1 * (0.25 + 0.75 * share);
    expect(dueAfter({})).toBeCloseTo(TIMING.interval * (1 - earlier), 3);
    const timing = { ...TIMING, jitter: 0 };
    expect(dueAfter({}, { timing })).toBe(TIMING.interval);
  });

  test('when the interval is over, where that is before the settle time', () => {
    const timing = { ...TIMING, interval: 10_000, jitter: 0 };
    expect(dueAfter({ policiesSince: NOW }, { timing })).toBe(10_000);
  });
});

test('pods in whatever order are the same, and with other addresses they are not', () => {
  const [a, b] = [pod({ uid: 'a' }), pod({ uid: 'b' })];
  expect(fingerprintOf([a, b])).toBe(fingerprintOf([b, a]));
  expect(fingerprintOf([a])).not.toBe(fingerprintOf([b]));
  expect(fingerprintOf([a])).not.toBe(fingerprintOf([{ ...a, ips: ['10.0.0.2'] }]));
  expect(fingerprint([1, 'a'])).toMatch(/^[0-9a-f]{16}$/);
});

describe('sweeps', () => {
  const swept = (fields: Partial<Evidence> = {}, more: Parameters<typeof plan>[1] = {}) => {
    const { sweeps, unswept } = plan(read(0, fields), more);
    return [sweeps.map((each) => [each.pod.name, ...each.ips]), unswept];
  };

  test('are made of one pod of each template, once a round was conclusive', () => {
    expect(swept()).toEqual([[['web-1', '10.0.0.1']], 1]);
    expect(swept({ ports: new Map() })).toEqual([[], 1]);
    expect(swept({ acceptsEverything: true })).toEqual([[], 0]);
    expect(swept({}, { sweeping: false })).toEqual([[], 0]);
  });

  test('are made from another node than the prober’s, of the first pod by name', () => {
    const pods = [
      pod({ name: 'a', node: 'node-1' }),
      pod({ name: 'c', node: 'node-3' }),
      pod({ name: 'b', node: 'node-2' }),
      pod({ name: 'd', node: 'node-1', templateHash: 'b' }),
      pod({ name: 'e', node: 'node-2', templateHash: 'c' }),
      pod({ name: 'f', node: 'node-1', templateHash: 'c' }),
    ];
    const evidence = read(0, {}, pods);
    const { sweeps, unswept } = plan(evidence, { pods });
    expect(sweeps.map((each) => each.pod.name)).toEqual(['b', 'd', 'e']);
    expect(unswept).toBe(3);
  });

  test.each<[string, string[]]>([
    ['b', ['a@node-1', 'b@node-2']],
    ['b', ['b@node-2', 'a@node-1']],
    ['a', ['b@node-1', 'a@node-1']],
    ['a', ['a@node-1', 'b@node-1']],
    ['a', ['b@node-2', 'a@node-3']],
  ])('are made of %s, in whatever order pods come: %j', (name, order) => {
    const pods = order.map((each) => {
      const [podName = '', node = ''] = each.split('@');
      return pod({ name: podName, node });
    });
    expect(plan(read(0, {}, pods), { pods }).sweeps[0]?.pod.name).toBe(name);
  });

  test('are made of eight templates', () => {
    const pods = Array.from({ length: 9 }, (_, index) => pod({ templateHash: `${index}` }));
    const { sweeps, unswept } = plan(read(0, {}, pods), { pods });
    expect([sweeps.length, unswept]).toEqual([8, 8]);
  });

  test('are made of each family', () => {
    const pods = [pod({ ips: ['10.0.0.1', 'fd00::1'] })];
    const evidence = (sweeps: Sweep[]) => read(0, { sweeps }, pods);
    const due = (sweeps: Sweep[]) => plan(evidence(sweeps), { pods }).sweeps.map(({ ips }) => ips);
    expect(due([])).toEqual([['10.0.0.1', 'fd00::1']]);
    expect(due([sweep({ ip: '10.0.0.9' })])).toEqual([['fd00::1']]);
    expect(plan(evidence([sweep()]), { pods }).unswept).toBe(1);
    expect(due([sweep(), sweep({ ip: 'fd00::9' })])).toEqual([]);
    expect(due([sweep({ templateHash: 'b' })])).toEqual([['10.0.0.1', 'fd00::1']]);
  });

  test.each<[string, number, unknown]>([
    ['a millisecond before the interval is over', TIMING.interval - 1, [[], 0]],
    ['when it is over', TIMING.interval, [[['web-1', '10.0.0.1']], 0]],
  ])('are repeated, and until then nothing is unswept: %s', (_when, ago, expected) => {
    expect(swept({ sweeps: [sweep({ endedAt: NOW - ago })] })).toEqual(expected);
  });

  describe('that met refusals on a dropping network before all was settled', () => {
    const counts = { ...sweep().counts, refused: 2 };
    const doubtful = (since: number) => {
      const policiesSince = NOW - since;
      return { policiesSince, sweeps: [sweep({ startedAt: policiesSince, counts })] };
    };

    test('are repeated when it is, and unswept until then', () => {
      expect(swept(doubtful(TIMING.settle - 1))).toEqual([[], 1]);
      expect(swept(doubtful(TIMING.settle))).toEqual([[['web-1', '10.0.0.1']], 1]);
    });

    test('are good where refusals tell nothing', () => {
      const more = { calibration: calibration('Rejected') };
      expect(swept(doubtful(TIMING.settle), more)).toEqual([[], 0]);
      expect(swept(doubtful(TIMING.settle), { enforced: false })).toEqual([[], 0]);
    });
  });

  test('are a time to look again, if they are the next thing that is due', () => {
    const endedAt = NOW - TIMING.interval + 7;
    expect(plan(read(0, { sweeps: [sweep({ endedAt })] })).nextAt).toBe(NOW + 7);
    const due = sweep({ endedAt: NOW - TIMING.interval });
    expect(plan(read(0, { sweeps: [due] })).nextAt).toBeGreaterThan(NOW + 1000);
  });
});
