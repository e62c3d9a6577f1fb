import { describe, expect, test } from 'vitest';
import { NOW } from '../../testing/builders.ts';
import {
  asOfNow,
  type Evidence,
  emptyEvidence,
  isConclusive,
  isDoubtful,
  isGood,
  limited,
  type Observed,
  type PortEvidence,
  type Sweep,
  withPolicies,
  withSweep,
} from './evidence.ts';

const SETTLE = 60_000;
const DECLARED = new Set([8080]);
const SETTLED = { observed: 'Open', pods: 1, firstSeen: 1, lastSeen: 2 } as const;

function evidence(fields: Partial<Evidence> = {}): Evidence {
  return { ...emptyEvidence('now', NOW, { settled: new Map(), seen: [] }), ...fields };
}

function sweep(fields: Partial<Sweep> = {}): Sweep {
  return {
    ip: '10.0.0.1',
    templateHash: 'a',
    policies: 'now',
    pod: { uid: 'uid-1', name: 'web-1', node: 'node-1' },
    startedAt: NOW,
    endedAt: NOW + 1000,
    counts: { open: 0, refused: 0, filtered: 65_535, unreachable: 0, error: 0 },
    ...fields,
  };
}

function read(observed: Observed, streak = 3): PortEvidence {
  return { observed, pods: 1, streak };
}

test('before the first round nothing is known but what was known before', () => {
  const settled = new Map([[9090, SETTLED]]);
  expect(emptyEvidence('now', 5, { settled, seen: [9090] })).toEqual({
    policies: 'now',
    policiesSince: 5,
    ports: new Map(),
    refusals: { ports: 0, streak: 0 },
    untold: { ports: 0, streak: 0 },
    acceptsEverything: false,
    lastRound: undefined,
    witnesses: [],
    referred: new Map(),
    settled,
    seen: [9090],
    sweeps: [],
  });
  const known = { settled, seen: [], sweeps: [sweep()] };
  expect(emptyEvidence('now', 5, known).sweeps).toEqual([sweep()]);
});

describe('as of now', () => {
  test('sweeps of templates that are gone say nothing', () => {
    const before = evidence({ sweeps: [sweep(), sweep({ templateHash: 'old' })] });
    expect(asOfNow(before, new Set(['a']), DECLARED).sweeps).toEqual([sweep()]);
  });

  test('a port that is not declared any more is one to look at where it was open', () => {
    const ports = new Map([
      [8080, read('Open')],
      [8081, read('Open')],
      [8082, read('Filtered')],
      [9090, read('Filtered')],
    ]);
    const now = asOfNow(evidence({ ports, seen: [9090] }), new Set(), DECLARED);
    expect(now.seen).toEqual([8081, 9090]);
    expect([...now.ports.keys()]).toEqual([8080, 9090]);
  });
});

describe('when the policies change', () => {
  const before = evidence({
    ports: new Map([[8080, read('Open')]]),
    settled: new Map([[9090, SETTLED]]),
    seen: [9090],
    sweeps: [sweep()],
  });

  test('readings start anew, and what was settled stays', () => {
    expect(withPolicies(before, 'other', NOW + 7)).toEqual(
      emptyEvidence('other', NOW + 7, { settled: before.settled, seen: [9090] }),
    );
  });

  test('nothing starts anew where they are the same', () => {
    expect(withPolicies(before, 'now', NOW + 7)).toBe(before);
  });
});

describe('a sweep', () => {
  const swept = (before: Evidence, added: Sweep, open: number[] = []) =>
    withSweep(before, added, open, DECLARED);

  test('of other policies, or begun before those of now, counts nothing', () => {
    const before = evidence();
    expect(swept(before, sweep({ policies: 'other' }), [9090])).toBe(before);
    expect(swept(before, sweep({ startedAt: NOW - 1 }), [9090])).toBe(before);
    expect(swept(before, sweep({ startedAt: NOW }), [9090]).sweeps).toEqual([sweep()]);
  });

  test('has its undeclared open ports asked from now on, and told by the next round', () => {
    const ports = new Map([
      [9090, read('Filtered')],
      [9091, read('Open')],
      [8080, read('Filtered')],
    ]);
    const after = swept(evidence({ seen: [22], ports }), sweep(), [9091, 9090, 8080]);
    expect(after.seen).toEqual([22, 9090, 9091]);
    expect([...after.ports.keys()]).toEqual([9091, 8080]);
    expect([...ports.keys()]).toEqual([9090, 9091, 8080]);
  });

  test('replaces the one of its template and family', () => {
    const overIPv6 = sweep({ ip: 'fd00::1' });
    const ofOther = sweep({ templateHash: 'b' });
    const newer = sweep({ ip: '10.0.0.2', startedAt: NOW + 5000 });
    const after = swept(evidence({ sweeps: [sweep(), overIPv6, ofOther] }), newer);
    expect(after.sweeps).toEqual([overIPv6, ofOther, newer]);
  });

  test.each<[string, number, number, boolean]>([
    ['met more refusals than ports are declared, a millisecond too early', SETTLE - 1, 3, true],
    ['met them when all was settled', SETTLE, 3, false],
    ['met as many as ports are declared', 0, 2, false],
  ])('that %s is to be done again: %s', (_what, after, refused, expected) => {
    const counts = { ...sweep().counts, refused };
    const made = sweep({ startedAt: NOW + after, counts });
    expect(isDoubtful(made, evidence(), 2, SETTLE)).toBe(expected);
  });
});

describe('news', () => {
  test.each<[boolean, Observed, boolean]>([
    [true, 'Open', true],
    [true, 'Refused', false],
    [true, 'Filtered', false],
    [true, 'Unknown', false],
    [false, 'Open', false],
    [false, 'Refused', true],
    [false, 'Filtered', true],
    [false, 'Unknown', false],
  ])('of a port that is declared (%s) and %s is good: %s', (declared, observed, good) => {
    expect(isGood(observed, declared)).toBe(good);
    expect(isConclusive(read(observed, 0), declared)).toBe(good);
    expect(isConclusive(read(observed, 2), declared)).toBe(good);
    expect(isConclusive(read(observed, 3), declared)).toBe(true);
  });
});

test('of ports that were seen, the lowest 1,024 are kept, each once, by number', () => {
  expect(limited([80, 9, 80, 100])).toEqual([9, 80, 100]);
  const many = Array.from({ length: 1025 }, (_, index) => 2000 - index);
  expect(limited(many)).toHaveLength(1024);
  expect(limited(many).at(-1)).toBe(1999);
});
