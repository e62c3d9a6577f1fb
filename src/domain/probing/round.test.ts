import { describe, expect, test } from 'vitest';
import { NOW } from '../../testing/builders.ts';
import { type Evidence, emptyEvidence, type PodReading, type Round } from './evidence.ts';
import type { Outcome } from './reading.ts';
import { withRound } from './round.ts';

const SETTLE = 60_000;
const DECLARED = new Set([8080]);
const START: Evidence = emptyEvidence('now', 0, { settled: new Map(), seen: [] });

interface Seen {
  ip?: string;
  uid?: string;
  young?: boolean;
}

/** What was seen of an address of a pod. */
function seen(
  ports: Record<number, Outcome>,
  { ip = '10.0.0.1', uid = 'uid-1', young = false }: Seen = {},
): PodReading {
  const outcomes = new Map(Object.entries(ports).map(([port, each]) => [Number(port), each]));
  const counts = { open: 0, refused: 0, filtered: 0, unreachable: 0, error: 0 };
  return {
    pod: { uid, name: uid, node: 'node-1' },
    young,
    reading: { ip, startedAt: NOW, endedAt: NOW, complete: true, counts, ports: outcomes },
  };
}

function round(readings: readonly PodReading[], fields: Partial<Round> = {}): Round {
  return {
    policies: 'now',
    pods: 'pods',
    referred: [],
    decoys: [],
    readings,
    endedAt: NOW,
    ...fields,
  };
}

/** Evidence after these rounds, a second apart. */
function rounds(all: readonly Round[], from: Evidence = START): Evidence {
  return all.reduce(
    (evidence, each, index) =>
      withRound(evidence, { ...each, endedAt: NOW + index * 1000 }, DECLARED, SETTLE),
    from,
  );
}

const times = (count: number, each: Round) => Array.from({ length: count }, () => each);
const only = (port: number, outcome: Outcome) => round([seen({ [port]: outcome })]);

describe('a round', () => {
  test('under other policies than those of now counts nothing', () => {
    const other = round([seen({ 8080: 'open' })], { policies: 'other' });
    expect(rounds([other])).toBe(START);
  });

  test('in which nothing could be read changes nothing that was known', () => {
    const known = rounds([only(8080, 'open')]);
    const lastRound = { endedAt: NOW, pods: '', podCount: 0, portCount: 0 };
    expect(rounds([round([])], known)).toEqual({ ...known, lastRound });
  });

  test('tells of how many pods and ports it was, decoys aside', () => {
    const readings = [
      seen({ 8080: 'open', 50000: 'filtered' }),
      seen({ 8080: 'open', 80: 'filtered' }, { uid: 'uid-2' }),
      seen({ 8080: 'open' }, { uid: 'uid-2', ip: '10.0.0.2' }),
    ];
    expect(rounds([round(readings, { decoys: [50_000] })]).lastRound).toEqual({
      endedAt: NOW,
      pods: 'pods',
      podCount: 2,
      portCount: 2,
    });
  });
});

describe('good news counts at once, bad news after three equal readings', () => {
  const settledAfter = (...outcomes: Outcome[]) => {
    const evidence = rounds(outcomes.map((each) => only(8080, each)));
    return evidence.settled.get(8080)?.observed;
  };

  test.each<[string | undefined, Outcome[]]>([
    ['Open', ['open']],
    [undefined, ['filtered', 'filtered']],
    ['Filtered', ['filtered', 'filtered', 'filtered']],
    ['Open', ['open', 'filtered', 'filtered']],
    ['Filtered', ['open', 'filtered', 'filtered', 'filtered']],
    ['Open', ['filtered', 'filtered', 'filtered', 'open']],
    ['Open', ['open', 'filtered', 'filtered', 'open', 'filtered', 'filtered']],
    [undefined, ['filtered', 'refused', 'filtered']],
    ['Refused', ['refused', 'refused', 'refused']],
    ['Unknown', ['error', 'unreachable', 'error']],
  ])('%s after %j', (expected, outcomes) => {
    expect(settledAfter(...outcomes)).toBe(expected);
  });

  test('an undeclared port is told when it was open three times, and asked from the first on', () => {
    const [two, three] = [2, 3].map((count) => rounds(times(count, only(9090, 'open'))));
    expect([two?.seen, two?.settled.size]).toEqual([[9090], 0]);
    expect(three?.settled.get(9090)).toEqual({
      observed: 'Open',
      pods: 1,
      firstSeen: NOW + 2000,
      lastSeen: NOW + 2000,
    });
  });

  test('since when a port shows the same, and when it was read last', () => {
    const all = [...times(4, only(8080, 'open')), ...times(2, only(8080, 'filtered'))];
    const before = rounds(all).settled.get(8080);
    expect(before).toMatchObject({ observed: 'Open', firstSeen: NOW, lastSeen: NOW + 3000 });
    const after = rounds([...all, only(8080, 'filtered')]).settled.get(8080);
    expect(after).toMatchObject({ observed: 'Filtered', firstSeen: NOW + 6000 });
  });

  test('the crowd of undeclared ports that were never open is not kept', () => {
    const readings = [seen({ 22: 'filtered', 23: 'refused', 24: 'error', 25: 'filtered' })];
    const known = { ...START, seen: [25] };
    expect([...rounds([round(readings)], known).ports.keys()]).toEqual([25]);
    expect(rounds([round(readings), only(8080, 'open')], known).seen).toEqual([25]);
    expect(rounds([round(readings)], known).settled.get(25)?.observed).toBe('Filtered');
  });
});

describe('while all is young', () => {
  const since = (ago: number) => ({ ...START, policiesSince: NOW - ago });
  const streak = (evidence: Evidence) => evidence.ports.get(8080)?.streak;
  const young = (isYoung: boolean, uid: string) =>
    seen({ 8080: 'filtered' }, { young: isYoung, uid });

  test.each<[number, number]>([
    [SETTLE - 1, 0],
    [SETTLE, 1],
  ])('bad news %i ms after the policies changed counts %i times', (ago, count) => {
    expect(streak(rounds([only(8080, 'filtered')], since(ago)))).toBe(count);
  });

  test('bad news counts where any pod that shows it is not young', () => {
    expect(streak(rounds([round([young(true, 'a'), young(true, 'b')])]))).toBe(0);
    expect(streak(rounds([round([young(true, 'a'), young(false, 'b')])]))).toBe(1);
    expect(streak(rounds([round([young(false, 'a'), young(true, 'b')])]))).toBe(1);
    const better = seen({ 8080: 'open' }, { uid: 'c' });
    expect(streak(rounds([round([better, young(true, 'a')])]))).toBe(0);
  });

  test('a reading that does not count does not break the row either', () => {
    const all = [only(8080, 'filtered'), round([young(true, 'a')]), only(8080, 'filtered')];
    expect(streak(rounds(all))).toBe(2);
  });
});

describe('of several addresses the worst counts, and on how many pods', () => {
  const pair = (port: number, a: Outcome, b: Outcome) => {
    const readings = [seen({ [port]: a }), seen({ [port]: b }, { uid: 'uid-2' })];
    const evidence = rounds([round(readings)], { ...START, seen: [9090] });
    const found = evidence.ports.get(port);
    return found && `${found.observed} ${found.pods}`;
  };

  test.each<[Outcome, Outcome, string, string]>([
    ['open', 'open', 'Open 2', 'Open 2'],
    ['open', 'error', 'Unknown 1', 'Open 1'],
    ['open', 'refused', 'Refused 1', 'Open 1'],
    ['refused', 'error', 'Refused 1', 'Refused 1'],
    ['refused', 'filtered', 'Filtered 1', 'Refused 1'],
    ['filtered', 'error', 'Filtered 1', 'Unknown 1'],
    ['filtered', 'open', 'Filtered 1', 'Open 1'],
    ['unreachable', 'error', 'Unknown 2', 'Unknown 2'],
  ])('%s and %s: %s of a declared port, %s of another', (a, b, declared, undeclared) => {
    expect(pair(8080, a, b)).toBe(declared);
    expect(pair(8080, b, a)).toBe(declared);
    expect(pair(9090, a, b)).toBe(undeclared);
    expect(pair(9090, b, a)).toBe(undeclared);
  });

  test('a pod that was not asked says nothing, and one with two addresses is one', () => {
    const readings = [
      seen({ 8080: 'open' }),
      seen({ 8080: 'open' }, { ip: '10.0.0.2' }),
      seen({ 22: 'filtered' }, { uid: 'uid-2' }),
    ];
    expect(rounds([round(readings)]).ports.get(8080)?.pods).toBe(1);
  });
});

describe('undeclared ports that refuse, or of which nothing was learned', () => {
  const crowd = (young = false) =>
    round([seen({ 22: 'refused', 23: 'refused', 24: 'error', 8080: 'refused' }, { young })]);
  const quiet = round([seen({ 22: 'filtered', 8080: 'error' })]);

  test('are counted, and in how many rounds in a row there were any', () => {
    const { refusals, untold } = rounds(times(3, crowd()));
    expect(refusals).toEqual({ ports: 2, streak: 3 });
    expect(untold).toEqual({ ports: 1, streak: 3 });
  });

  test('young refusals do not count, and none breaks the row', () => {
    const all = [crowd(), crowd(true)];
    expect(rounds(all).refusals).toEqual({ ports: 2, streak: 1 });
    expect(rounds(all).untold).toEqual({ ports: 1, streak: 2 });
    expect(rounds([...all, quiet]).refusals).toEqual({ ports: 0, streak: 0 });
    expect(rounds([...all, quiet]).untold).toEqual({ ports: 0, streak: 0 });
    const mixed = round([
      seen({ 22: 'refused' }, { young: true }),
      seen({ 23: 'refused' }, { uid: 'uid-2' }),
    ]);
    expect(rounds([mixed]).refusals).toEqual({ ports: 2, streak: 1 });
  });
});

describe('of what is bad news is kept which pod showed it', () => {
  const [a, b] = [{ uid: 'a' }, { uid: 'b' }];
  test.each<{ what: string; readings: PodReading[]; witnesses: string[] }>([
    {
      what: 'an undeclared port that is open, the first that showed it',
      readings: [seen({ 9090: 'filtered' }, a), seen({ 9090: 'open' }, b)],
      witnesses: ['b'],
    },
    {
      what: 'a declared one that is not',
      readings: [seen({ 8080: 'filtered' }, a), seen({ 8080: 'open' }, b)],
      witnesses: ['a'],
    },
    {
      what: 'one pod for two ports, once',
      readings: [seen({ 8080: 'filtered', 9090: 'open' }, a)],
      witnesses: ['a'],
    },
    {
      what: 'nobody of what is as it should be',
      readings: [seen({ 8080: 'open', 9090: 'filtered' }, a)],
      witnesses: [],
    },
  ])('$what', ({ readings, witnesses }) => {
    expect(rounds([round(readings)]).witnesses).toEqual(witnesses);
  });
});
