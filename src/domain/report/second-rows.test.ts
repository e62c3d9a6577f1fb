import { describe, expect, test } from 'vitest';
import { NOW, snapshot } from '../../testing/builders.ts';
import { DRIFT, EVIDENCE, reportThere, row } from '../../testing/report-builders.ts';
import type { Evidence } from '../probing/evidence.ts';
import { timestamp } from '../text/time.ts';
import type { Status } from './conditions.ts';
import type { PortRow } from './port-rows.ts';
import {
  countingProbe,
  isBlind,
  type SecondFinding,
  type SecondProbe,
  standingProbe,
  withSecondProbe,
} from './second-probe.ts';

const OPEN: SecondFinding = {
  port: 9090,
  protocol: 'TCP',
  expected: 'Denied',
  observed: 'Open',
  finding: 'UndeclaredReachable',
};
const CUT: SecondFinding = {
  ...OPEN,
  port: 8080,
  expected: 'Allowed',
  observed: 'Filtered',
  finding: 'DeclaredUnreachable',
};

const second = (...findings: SecondFinding[]): SecondProbe => ({
  fromPod: 'portlock-system/portlock-1',
  fromNode: 'node-2',
  pods: 1,
  policiesHash: 'now',
  lastProbeTime: timestamp(NOW - 1000),
  findings,
});

describe('the rows, with what only the second probe found', () => {
  const merged = (rows: PortRow[], ...findings: SecondFinding[]) =>
    withSecondProbe(rows, second(...findings));

  test('are as they were where it found nothing, or where there is none', () => {
    const rows = [row()];
    expect(withSecondProbe(rows, undefined)).toBe(rows);
    expect(merged(rows)).toEqual(rows);
    expect(withSecondProbe(rows, { ...second(), findings: undefined } as never)).toEqual(rows);
  });

  test('say of a port that nobody else knows what it said, and from where', () => {
    const times = { firstSeenTime: timestamp(NOW - 5000), lastSeenTime: timestamp(NOW - 1000) };
    const found: SecondFinding = {
      ...OPEN,
      ...times,
      pods: 2,
      families: ['IPv6'],
      message: 'A connection was made',
    };
    expect(merged([], found)).toStrictEqual([
      {
        port: 9090,
        protocol: 'TCP',
        declared: false,
        containers: [],
        expected: 'Denied',
        observed: 'Open',
        finding: 'UndeclaredReachable',
        pods: 2,
        fromNode: 'node-2',
        isCurrent: true,
        message: 'A connection was made (seen from node node-2)',
        families: ['IPv6'],
        firstSeen: NOW - 5000,
        lastSeen: NOW - 1000,
      },
    ]);
  });

  test('say no more than it did', () => {
    const [found] = merged([], OPEN);
    expect(found).toMatchObject({ pods: 0, message: 'It differs (seen from node node-2)' });
    expect(Object.keys(found ?? {})).not.toEqual(
      expect.arrayContaining([expect.stringMatching(/families|firstSeen|lastSeen|observedHere/)]),
    );
  });

  test('keep whose port it is, and what is seen of it from here', () => {
    expect(merged([row()], CUT)).toMatchObject([
      { declared: true, containers: ['app'], observed: 'Filtered', observedHere: 'Open' },
    ]);
  });

  test('come worst first', () => {
    const rows = [row({ port: 80 }), row({ port: 90, protocol: 'UDP' })];
    expect(merged(rows, OPEN).map(({ port }) => port)).toEqual([9090, 80, 90]);
  });

  test.each<[string, PortRow[], SecondFinding]>([
    ['what differs as seen from here, too', [DRIFT], OPEN],
    ['a port that was found open and has been declared', [row({ port: 9090 })], OPEN],
    ['a port that was cut off and is not declared any more', [], CUT],
  ])('do not change for %s', (_what, rows, found) => {
    expect(merged(rows, found)).toEqual(rows);
  });

  test('are of a protocol: what is found over UDP is another port', () => {
    const rows = [row({ port: 9090 })];
    expect(merged(rows, { ...OPEN, protocol: 'UDP' })).toHaveLength(2);
  });
});

describe('the second probe cannot tell', () => {
  const observed = (observation: 'Open' | 'Unknown'): Partial<Evidence> => ({
    ports: new Map([[9090, { observed: observation, pods: 1 }]]) as never,
  });
  test.each<[string, Partial<Evidence>, SecondFinding[], boolean]>([
    ['where something accepts everything', { acceptsEverything: true } as never, [], true],
    ['where ports could not be told', { untold: { ports: 1 } } as never, [], true],
    ['where it learned nothing of what it found before', observed('Unknown'), [OPEN], true],
    ['and can, where it learned of that', observed('Open'), [OPEN], false],
    ['and can, where it did not ask for that', {}, [OPEN], false],
    ['and can, where it found nothing before', observed('Unknown'), [], false],
  ])('%s', (_where, evidence, findings, blind) => {
    expect(isBlind({ ...EVIDENCE, ...evidence }, second(...findings))).toBe(blind);
  });

  test('and can, where there was none', () => {
    expect(isBlind(EVIDENCE, undefined)).toBe(false);
  });
});

describe('what stands', () => {
  const standing = (status: Status) => standingProbe(snapshot({ report: reportThere(status) }));
  const probe = { fromPod: 'portlock-system/portlock-9', fromNode: 'node-9', pods: 1 };
  const rowOf = (fields: object = {}) =>
    ({ ...OPEN, pods: 1, declared: false, ...fields }) as never;

  test('is what another replica wrote', () => {
    expect(standing({ secondProbe: second(OPEN) })).toEqual(second(OPEN));
  });

  test('is not what this one wrote before the workload fell to it', () => {
    const own = { ...second(OPEN), fromPod: 'portlock-system/portlock-0' };
    expect(standing({ secondProbe: own })).toBeUndefined();
  });

  test('is what the one before found from another node', () => {
    const told = { ...probe, policiesSinceTime: 'then', message: 'said' } as never;
    expect(standing({ probe: told, ports: [rowOf({ containers: ['app'] })] })).toEqual({
      ...probe,
      findings: [{ ...OPEN, pods: 1 }],
    });
  });

  test.each<[string, Status]>([
    [
      'it asked from the same node',
      { probe: { ...probe, fromNode: 'node-1' }, ports: [rowOf()] } as never,
    ],
    [
      'nobody knows from where it asked',
      { probe: { ...probe, fromNode: undefined }, ports: [rowOf()] } as never,
    ],
    ['it was seen from a third one', { probe, ports: [rowOf({ fromNode: 'node-2' })] } as never],
    ['nothing was observed', { probe, ports: [rowOf({ observed: 'Unknown' })] } as never],
    ['it is no drift', { probe, ports: [rowOf({ finding: 'Unused' })] } as never],
    ['it found nothing', { probe } as never],
    ['nobody has asked', { ports: [rowOf()] }],
  ])('is nothing where %s', (_where, status) => {
    expect(standing(status)).toBeUndefined();
  });
});

describe('what stands counts', () => {
  const { timing, role } = snapshot();
  /** Two intervals of the second probe, which asks a quarter as often. */
  const FRESH = 8 * timing.interval;
  test.each<[string, number | undefined, boolean, string, boolean]>([
    ['while it is fresh', FRESH, false, 'now', true],
    ['no longer', FRESH + 1000, false, 'now', false],
    ['whatever its age while a second replica is there', FRESH + 1000, true, 'now', true],
    ['under the policies of now only', 0, true, 'other', false],
    ['not where it does not say of when it is', undefined, false, 'now', false],
  ])('%s', (_when, age, hasSecond, policies, counts) => {
    const lastProbeTime = age === undefined ? '' : timestamp(NOW - age);
    const report = reportThere({ secondProbe: { ...second(OPEN), lastProbeTime } });
    const now = Date.parse(timestamp(NOW));
    const before = snapshot({ report, now, role: { ...role, hasSecond } });
    expect(countingProbe(before, policies) !== undefined).toBe(counts);
  });
});
