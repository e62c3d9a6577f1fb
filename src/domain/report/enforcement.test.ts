import { describe, expect, test } from 'vitest';
import { calibration, NOW } from '../../testing/builders.ts';
import { row } from '../../testing/report-builders.ts';
import { type Evidence, emptyEvidence, type Sweep } from '../probing/evidence.ts';
import { enforcementVerdict, failures, untoldInWords } from './enforcement.ts';
import type { PortRow } from './port-rows.ts';

const SETTLE = 60_000;

function reachable(port: number, fields: Partial<PortRow> = {}): PortRow {
  const finding = 'UndeclaredReachable';
  return row({
    port,
    declared: false,
    finding,
    expected: 'Denied',
    message: `${port}!`,
    ...fields,
  });
}

function swept(counts: Partial<Sweep['counts']>, startedAt = NOW): Sweep {
  return {
    ip: '10.0.0.1',
    templateHash: 'a',
    policies: 'now',
    pod: { uid: 'uid-1', name: 'web-1', node: 'node-1' },
    startedAt,
    endedAt: startedAt + 1000,
    counts: { open: 1, refused: 0, filtered: 65_534, unreachable: 0, error: 0, ...counts },
  };
}

function verdict(
  rows: readonly PortRow[],
  fields: Partial<Evidence> = {},
  wideners: readonly string[] = [],
  state: Parameters<typeof calibration>[0] = 'Dropped',
) {
  const evidence = {
    ...emptyEvidence('now', NOW - SETTLE, { settled: new Map(), seen: [] }),
    ...fields,
  };
  return enforcementVerdict(rows, evidence, calibration(state), SETTLE, wideners);
}

const said = (...parts: Parameters<typeof verdict>) => {
  const { status, reason } = verdict(...parts);
  return `${status} ${reason}`;
};
const WIDENER = ['NetworkPolicy open', 'NetworkPolicy other'];
const refusals = (streak: number) => ({ refusals: { ports: 2, streak } });

describe('where nothing undeclared was reached', () => {
  test.each<[string, Parameters<typeof verdict>]>([
    ['True Enforced', [[row()]]],
    ['True Enforced', [[row({ observed: 'Refused' })]]],
    ['Unknown NoPositiveControl', [[row({ observed: 'Filtered' })]]],
    ['Unknown NoPositiveControl', [[row({ observed: 'Unknown' })]]],
    ['Unknown NoPositiveControl', [[reachable(9090, { isCurrent: false })]]],
    ['Unknown NoPositiveControl', [[]]],
    ['Unknown NoPositiveControl', [[row({ observedHere: 'Filtered' })]]],
    ['True Enforced', [[row({ observed: 'Filtered', observedHere: 'Open' })]]],
    ['True Enforced', [[row(), row({ port: 1, observed: 'Filtered' })]]],
    ['True Enforced', [[row(), row({ finding: 'DeclaredUnused' })]]],
    ['False NotEnforced', [[row()], {}, [], 'NotEnforced']],
    ['Unknown NotCalibrated', [[row()], {}, [], 'Unknown']],
    ['Unknown RefusalsProveNothing', [[row()], {}, [], 'Rejected']],
    ['Unknown Widened', [[row()], {}, WIDENER]],
    ['Unknown ProbeIncomplete', [[row()], { untold: { ports: 1, streak: 1 } }]],
    ['Unknown SweepIncomplete', [[row()], { sweeps: [swept({ error: 1 })] }]],
    ['Unknown SweepIncomplete', [[row()], { sweeps: [swept({ unreachable: 1 })] }]],
  ])('%s: %j', (expected, parts) => {
    expect(said(...parts)).toBe(expected);
  });

  test('a message says why', () => {
    expect(verdict([row()]).message).toContain('no other port that was asked');
    expect(verdict([row()], {}, [], 'NotEnforced').message).toBe('seen as NotEnforced');
    expect(verdict([row()], {}, [], 'Unknown').message).toBe('seen as Unknown');
    expect(verdict([row()], {}, [], 'Rejected').message).toContain('refuses what it denies');
    expect(verdict([row()], {}, WIDENER).message).toContain('but NetworkPolicy open may open some');
    expect(verdict([]).message).toContain('the silence of the others proves nothing');
    const untold = { untold: { ports: 3, streak: 1 } };
    expect(verdict([row()], untold).message).toMatch(/^Of 3 undeclared ports nothing could be/);
    const sweeps = [swept({ error: 1, unreachable: 2 }), swept({ error: 4 })];
    expect(verdict([row()], { sweeps }).message).toContain('anything about 7 ports');
  });
});

describe('refusals on a network that drops', () => {
  test.each<[string, number, string[]]>([
    ['Unknown Settling', 2, []],
    ['False NotEnforced', 3, []],
    ['Unknown Widened', 2, WIDENER],
    ['Unknown Widened', 3, WIDENER],
  ])('%s after %i rounds, next to %j', (expected, streak, wideners) => {
    expect(said([row()], refusals(streak), wideners)).toBe(expected);
  });

  test.each<[string, number, number]>([
    ['True Enforced', 2, SETTLE],
    ['False NotEnforced', 3, SETTLE],
    ['Unknown Settling', 3, SETTLE - 1],
  ])('%s where a sweep met %i of them %i ms after the policies', (expected, refused, after) => {
    const rows = [
      row(),
      row({ port: 81, observed: 'Refused' }),
      row({ port: 53, protocol: 'UDP' }),
    ];
    const policiesSince = NOW - after;
    expect(said(rows, { policiesSince, sweeps: [swept({ refused })] })).toBe(expected);
  });

  test('undeclared rows explain no refusal', () => {
    const rows = [row(), reachable(9090, { isCurrent: false })];
    expect(said(rows, { sweeps: [swept({ refused: 2 })] })).toBe('False NotEnforced');
  });

  test('a message says how many, the most of rounds and sweeps', () => {
    expect(verdict([row()], refusals(2)).message).toBe(
      '2 undeclared ports refused while the policy was young',
    );
    expect(verdict([row()], refusals(3)).message).toMatch(/^2 undeclared ports answered with a/);
    const sweeps = [swept({ refused: 2 }), swept({ refused: 8 }), swept({ refused: 1 })];
    expect(verdict([row()], { ...refusals(3), sweeps }).message).toMatch(/^7 undeclared ports/);
    expect(verdict([row()], { ...refusals(3), sweeps }, WIDENER).message).toBe(
      '7 undeclared ports refused, which NetworkPolicy open may allow',
    );
  });
});

describe('undeclared ports that were reached', () => {
  test.each<[string, PortRow[]]>([
    ['NotEnforced', [reachable(9090)]],
    ['NotEnforced', [reachable(9090), reachable(9091, { expected: 'Allowed' })]],
    ['Widened', [reachable(9090, { expected: 'Allowed' })]],
    ['Widened', [reachable(1, { expected: 'Unknown' }), reachable(2, { expected: 'Allowed' })]],
    ['UndeclaredReachable', [reachable(9090, { expected: 'Unknown' })]],
  ])('%s', (reason, rows) => {
    expect(said([row(), ...rows], {}, [], 'Unknown')).toBe(`False ${reason}`);
  });

  test('are named, those that no policy allows before others, ten of them', () => {
    const mixed = [reachable(1, { expected: 'Allowed' }), reachable(2)];
    expect(verdict(mixed).message).toBe('Undeclared ports 2 are reachable. 2!');
    const many = (count: number) => Array.from({ length: count }, (_, i) => reachable(i + 1));
    expect(verdict(many(10)).message).toContain('9, 10 are reachable. 1!');
    expect(verdict(many(12)).message).toContain('9, 10 and 2 more are reachable. 1!');
  });
});

test('what a sweep could not tell, and what a round could not, in a sentence', () => {
  expect(failures(swept({ unreachable: 2, error: 3 }))).toBe(5);
  const evidence = emptyEvidence('now', 0, { settled: new Map(), seen: [] });
  expect(untoldInWords({ ...evidence, untold: { ports: 4, streak: 1 } })).toBe(
    'Of 4 undeclared ports nothing could be told: no connection could be tried, or the network said that there is no way',
  );
});
