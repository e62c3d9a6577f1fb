import { describe, expect, test } from 'vitest';
import { NOW } from '../../testing/builders.ts';
import { type Evidence, emptyEvidence, type PodReading, type Round } from './evidence.ts';
import type { Outcome } from './reading.ts';
import { withRound } from './round.ts';

const SETTLE = 60_000;
const START: Evidence = emptyEvidence('now', 0, { settled: new Map(), seen: [9090] });

function seen(ip: string, ports: Record<number, Outcome>, young = false): PodReading {
  const outcomes = new Map(Object.entries(ports).map(([port, each]) => [Number(port), each]));
  const counts = { open: 0, refused: 0, filtered: 0, unreachable: 0, error: 0 };
  return {
    pod: { uid: 'uid-1', name: 'web-1', node: 'node-1' },
    young,
    reading: { ip, startedAt: NOW, endedAt: NOW, complete: true, counts, ports: outcomes },
  };
}

type Asked = Partial<Omit<Round, 'readings'>> & { readings: readonly PodReading[] };

/** Evidence after as many rounds, of which each shows the same. */
function rounds(count: number, asked: Asked, from: Evidence = START): Evidence {
  let evidence = from;
  for (let index = 0; index < count; index += 1) {
    const round = { policies: 'now', pods: 'pods', referred: [], decoys: [], ...asked };
    evidence = withRound(evidence, { endedAt: NOW, ...round }, new Set([8080]), SETTLE);
  }
  return evidence;
}

describe('pods with addresses of both families', () => {
  const both = (port: number, v4: Outcome, v6: Outcome, young = false) => ({
    readings: [seen('10.0.0.1', { [port]: v4 }, young), seen('fd00::1', { [port]: v6 }, young)],
  });
  const settled = (port: number, evidence: Evidence) => evidence.settled.get(port)?.families;

  test.each<[number, Outcome, Outcome, readonly string[] | undefined]>([
    [9090, 'open', 'filtered', ['IPv4']],
    [9090, 'filtered', 'open', ['IPv6']],
    [9090, 'open', 'open', undefined],
    [8080, 'open', 'filtered', ['IPv6']],
    [8080, 'open', 'open', undefined],
    [9090, 'filtered', 'filtered', undefined],
    [9090, 'filtered', 'refused', ['IPv6']],
  ])('%i, %s and %s, is told of %j', (port, v4, v6, families) => {
    expect(settled(port, rounds(3, both(port, v4, v6)))).toEqual(families);
  });

  test('a family tells when it showed it three times', () => {
    const one = rounds(3, both(9090, 'open', 'filtered'));
    const two = rounds(2, both(9090, 'open', 'open'), one);
    expect(two.ports.get(9090)?.byFamily).toEqual({ IPv4: 5, IPv6: 2 });
    expect(settled(9090, two)).toEqual(['IPv4']);
    expect(settled(9090, rounds(1, both(9090, 'open', 'open'), two))).toBeUndefined();
  });

  test('what one family showed before there was another counts for both', () => {
    const before = rounds(2, { readings: [seen('10.0.0.1', { 9090: 'open' })] });
    expect(before.ports.get(9090)).toEqual({ observed: 'Open', pods: 1, streak: 2 });
    const after = rounds(1, both(9090, 'open', 'open'), before);
    expect(after.ports.get(9090)?.byFamily).toEqual({ IPv4: 3, IPv6: 3 });
  });

  test('young pods, and young policies, count for no family', () => {
    const young = rounds(1, both(9090, 'open', 'open', true));
    expect(young.ports.get(9090)).toMatchObject({ streak: 0, byFamily: { IPv4: 0, IPv6: 0 } });
    const fresh = { ...START, policiesSince: NOW };
    const policies = rounds(1, both(9090, 'open', 'open'), fresh);
    expect(policies.ports.get(9090)?.byFamily).toEqual({ IPv4: 0, IPv6: 0 });
    const mixed = [
      seen('10.0.0.1', { 9090: 'open' }, true),
      seen('fd00::1', { 9090: 'open' }),
      seen('10.0.0.2', { 9090: 'open' }, true),
    ];
    expect(rounds(1, { readings: mixed }).ports.get(9090)).toMatchObject({
      streak: 1,
      byFamily: { IPv4: 0, IPv6: 1 },
    });
  });

  test('a row starts anew where something else was seen', () => {
    const before = rounds(3, both(9090, 'open', 'filtered'));
    const after = rounds(1, both(9090, 'filtered', 'filtered'), before);
    expect(after.ports.get(9090)).toMatchObject({ streak: 1, byFamily: { IPv4: 1, IPv6: 1 } });
  });

  test('bad news that neither family showed often enough is told of both', () => {
    const from = rounds(2, both(9090, 'open', 'filtered'));
    const turned = rounds(1, both(9090, 'filtered', 'open'), from);
    expect(turned.ports.get(9090)).toMatchObject({ streak: 3, byFamily: { IPv6: 1 } });
    expect(settled(9090, turned)).toEqual(['IPv6']);
  });
});

describe('decoys', () => {
  const decoys = [50_000, 50_001];
  const answered = [seen('10.0.0.1', { 50000: 'open', 50001: 'open', 9091: 'open' })];
  const half = [seen('10.0.0.1', { 50000: 'open', 50001: 'filtered', 9091: 'open' })];

  test('of which all are open say that the pod accepts everything', () => {
    const after = rounds(1, { readings: [...half, ...answered], decoys });
    expect([after.acceptsEverything, after.seen]).toEqual([true, [9090]]);
  });

  test('of which some are open, or none were asked, say nothing', () => {
    const after = rounds(1, { readings: half, decoys });
    expect([after.acceptsEverything, after.seen]).toEqual([false, [9090, 9091]]);
    expect(rounds(1, { readings: answered }).acceptsEverything).toBe(false);
  });

  test('are forgotten once it does not any more', () => {
    const before = rounds(1, { readings: answered, decoys });
    expect(rounds(1, { readings: half, decoys }, before).acceptsEverything).toBe(false);
  });
});

describe('ports that only other namespaces refer to', () => {
  const referred = [9000];
  const refusing = (young = false) => [seen('10.0.0.1', { 9000: 'refused' }, young)];
  const streak = (evidence: Evidence) => evidence.referred.get(9000);

  test('count the rounds in a row in which every address of these pods refused', () => {
    const three = rounds(3, { readings: refusing(), referred });
    expect(streak(three)).toBe(3);
    const other = [...refusing(), seen('10.0.0.2', { 9000: 'filtered' })];
    expect(streak(rounds(1, { readings: other, referred }, three))).toBe(0);
    expect(streak(rounds(1, { readings: refusing(), referred, pods: 'others' }, three))).toBe(1);
    expect(streak(rounds(1, { readings: refusing(), referred, pods: '' }, three))).toBe(0);
  });

  test('do not count while pods or policies are young', () => {
    const one = rounds(1, { readings: refusing(), referred });
    const young = rounds(1, { readings: [...refusing(), ...refusing(true)], referred }, one);
    expect(streak(young)).toBe(1);
    const at = (policiesSince: number) =>
      streak(rounds(1, { readings: refusing(), referred }, { ...START, policiesSince }));
    expect([at(NOW - SETTLE + 1), at(NOW - SETTLE)]).toEqual([0, 1]);
  });

  test('stand while nobody refers to them, and go with the pods', () => {
    const three = rounds(3, { readings: refusing(), referred });
    const readings = [seen('10.0.0.1', { 8080: 'open' })];
    expect(streak(rounds(1, { readings }, three))).toBe(3);
    expect(streak(rounds(1, { readings, pods: 'others' }, three))).toBeUndefined();
  });
});
