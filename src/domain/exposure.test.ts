import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { port } from '../testing/builders.ts';
import { type AddressFacts, type ExposedPort, exposureOf, worstVerdict } from './exposure.ts';
import { OUTCOMES, type Outcome } from './reading.ts';

function facts(
  outcomes: Record<number, Outcome>,
  fields: Partial<AddressFacts> = {},
): AddressFacts {
  const asked = Object.keys(outcomes).map(Number);
  return {
    hasPod: true,
    declared: [port(8080)],
    asked,
    isNamed: true,
    complete: true,
    outcomes: new Map(asked.map((each) => [each, outcomes[each] ?? 'error'])),
    doubt: undefined,
    listeners: undefined,
    ...fields,
  };
}

function only(outcome: Outcome, fields: Partial<AddressFacts> = {}): ExposedPort | undefined {
  return exposureOf(facts({ 8080: outcome }, fields)).ports[0];
}

const listener = (address: string, number = 8080) => ({
  address,
  port: number,
  container: 'app',
  process: 'node',
});

describe('a declared port', () => {
  test.each<[Outcome, Partial<AddressFacts>, string, string | undefined, string]>([
    ['open', {}, 'Open', undefined, ''],
    ['filtered', {}, 'Filtered', 'DeclaredUnreachable', 'declared, but no answer comes'],
    ['refused', {}, 'Refused', undefined, 'declared, but nothing listens, or a policy refuses'],
    ['unreachable', {}, 'Unreachable', undefined, ''],
    ['error', {}, 'Unknown', undefined, ''],
    ['open', { listeners: [listener('0.0.0.0')] }, 'Open', undefined, ''],
    [
      'open',
      { listeners: [] },
      'Open',
      undefined,
      'nothing in the pod listens, so a proxy or a redirect answers',
    ],
    [
      'refused',
      { listeners: [] },
      'Refused',
      'DeclaredNotListening',
      'declared, but nothing listens on it',
    ],
    [
      'filtered',
      { listeners: [listener('127.0.0.1')] },
      'Filtered',
      'DeclaredNotListening',
      'declared, but listens on loopback only',
    ],
    [
      'refused',
      { listeners: [listener('::')] },
      'Refused',
      'DeclaredUnreachable',
      'declared and listened on, but refused',
    ],
    ['open', { doubt: 'why' }, 'Unverifiable', 'Unverifiable', 'why'],
    [
      'filtered',
      { doubt: 'why' },
      'Filtered',
      'DeclaredUnreachable',
      'declared, but no answer comes',
    ],
  ])('%s, %j: %s %s', (outcome, fields, state, finding, note) => {
    expect(only(outcome, fields)).toMatchObject({ state, finding, note });
  });

  it('of another protocol is unverifiable, and told once for all who declare it', () => {
    const declared = [port(53, 'UDP'), { ...port(53, 'UDP', 'dns'), name: 'dns' }];
    expect(exposureOf(facts({ 80: 'refused' }, { declared })).ports).toEqual([
      {
        port: 53,
        protocol: 'UDP',
        state: 'Unverifiable',
        finding: 'Unverifiable',
        declaredBy: [{ container: 'app' }, { container: 'dns', name: 'dns' }],
        note: 'a connection attempt proves nothing about UDP',
      },
      expect.objectContaining({ port: 80, state: 'Refused' }),
    ]);
  });
});

describe('an undeclared port', () => {
  test.each<[Outcome, Partial<AddressFacts>, string, string | undefined, string]>([
    ['open', {}, 'Open', 'UndeclaredReachable', 'undeclared, yet reachable'],
    ['filtered', {}, 'Filtered', undefined, ''],
    ['refused', {}, 'Refused', undefined, ''],
    [
      'refused',
      { listeners: [listener('::1')] },
      'Refused',
      undefined,
      'loopback only: no exposure',
    ],
    ['refused', { listeners: [listener('10.0.0.1')] }, 'Refused', undefined, ''],
    [
      'open',
      { listeners: [listener('127.0.0.1')] },
      'Open',
      'UndeclaredReachable',
      'undeclared, yet reachable; something forwards to loopback, so a proxy or a redirect answers',
    ],
    ['open', { hasPod: false }, 'Open', undefined, ''],
    ['open', { doubt: 'why' }, 'Unverifiable', 'Unverifiable', 'why'],
  ])('%s, %j: %s %s', (outcome, fields, state, finding, note) => {
    expect(only(outcome, { declared: [], ...fields })).toMatchObject({ state, finding, note });
  });
});

describe('which ports are told', () => {
  const swept = { asked: 'all', isNamed: false } as const;
  const numbers = (outcomes: Record<number, Outcome>, fields: Partial<AddressFacts>) =>
    exposureOf(facts(outcomes, fields)).ports.map((each) => each.port);

  it('of a sweep, the declared, the open and the listened-on', () => {
    const outcomes = { 22: 'refused', 80: 'open', 5000: 'refused', 8080: 'refused' } as const;
    expect(numbers(outcomes, { ...swept, listeners: [listener('::1', 5000)] })).toEqual([
      80, 5000, 8080,
    ]);
  });

  it('of a list, each one, and none that was not asked', () => {
    expect(
      numbers({ 22: 'refused', 80: 'filtered' }, { listeners: [listener('::', 5000)] }),
    ).toEqual([22, 80]);
  });

  it('of a long list, those of a sweep', () => {
    const asked = Array.from({ length: 2_000 }, (_, index) => index + 1);
    const outcomes = new Map(asked.map((each) => [each, each === 9 ? 'open' : 'refused'] as const));
    const { ports, counts } = exposureOf({ ...facts({}), asked, outcomes });
    expect(ports.map((each) => each.port)).toEqual([9]);
    expect(counts).toEqual({ open: 1, refused: 1_999, filtered: 0, unreachable: 0, error: 0 });
  });
});

describe('the verdict', () => {
  test.each<[string, Record<number, Outcome>, Partial<AddressFacts>, string, string | RegExp]>([
    ['what is declared answers', { 8080: 'open', 22: 'filtered' }, {}, 'Clean', ''],
    ['refusals are answers', { 8080: 'refused', 22: 'refused' }, {}, 'Clean', ''],
    ['more answers', { 8080: 'open', 22: 'open' }, {}, 'Findings', ''],
    ['no pod, nothing declared', { 22: 'open' }, { hasPod: false, declared: [] }, 'Clean', ''],
    ['silence', { 8080: 'filtered', 22: 'filtered' }, {}, 'Unknown', /nothing answers/],
    ['no way', { 8080: 'unreachable' }, {}, 'Unknown', /no way to it from here/],
    ['nothing tried', { 8080: 'error' }, {}, 'Unknown', 'no connection could be tried from here'],
    ['not all tried', { 8080: 'open' }, { complete: false }, 'Unknown', /could not be tried/],
    ['some failed', { 8080: 'open', 22: 'error' }, {}, 'Unknown', /could not be tried/],
    ['doubt', { 8080: 'open' }, { doubt: 'why' }, 'Unknown', 'why'],
    ['doubt about what is closed', { 8080: 'refused' }, { doubt: 'why' }, 'Clean', ''],
    ['found before it broke off', { 22: 'open' }, { complete: false }, 'Findings', ''],
  ])('%s', (_, outcomes, fields, verdict, reason) => {
    const exposure = exposureOf(facts(outcomes, fields));
    expect(exposure.verdict).toBe(verdict);
    expect(exposure.reason).toMatch(reason === '' ? /^$/ : reason);
  });

  it('of several is the worst', () => {
    expect(worstVerdict(['Clean', 'Unknown', 'Findings'])).toBe('Findings');
    expect(worstVerdict(['Clean', 'Unknown'])).toBe('Unknown');
    expect(worstVerdict(['Clean'])).toBe('Clean');
  });

  it('is Clean only where no undeclared port is open and something answered', () => {
    const outcome = fc.constantFrom(...OUTCOMES);
    const outcomes = fc.dictionary(fc.constantFrom('8080', '22', '80', '443'), outcome);
    fc.assert(
      fc.property(
        outcomes,
        fc.boolean(),
        fc.option(fc.constant('why')),
        (seen, complete, doubt) => {
          const { verdict } = exposureOf(facts(seen, { complete, doubt: doubt ?? undefined }));
          const values = Object.values(seen);
          const undeclaredOpen = Object.entries(seen).some(
            ([number, each]) => number !== '8080' && each === 'open',
          );
          if (verdict === 'Clean') {
            expect(undeclaredOpen).toBe(false);
            expect(values.some((each) => each === 'open' || each === 'refused')).toBe(true);
            expect(complete).toBe(true);
          }
          expect(verdict === 'Findings').toBe(undeclaredOpen && doubt === null);
        },
      ),
    );
  });
});
