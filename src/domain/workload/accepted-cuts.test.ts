import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type AcceptedCut,
  acceptedCutText,
  counts,
  firstDayWithout,
  hasEnded,
  nextChange,
  parseAcceptedCuts,
} from './accepted-cuts.ts';
import { AnnotationError } from './annotation-error.ts';

const PORT: AcceptedCut = { port: 9090, protocol: 'TCP' };

describe('the annotation', () => {
  test.each<[string, AcceptedCut[]]>([
    [' ', []],
    ['9090/TCP', [PORT]],
    [' 9090/TCP , 53/UDP', [PORT, { port: 53, protocol: 'UDP' }]],
    ['9090/TCP;53/UDP', [PORT, { port: 53, protocol: 'UDP' }]],
    ['9090/TCP until=2027-03-31', [{ ...PORT, until: '2027-03-31' }]],
    ['9090/TCP  reason="by hand"', [{ ...PORT, reason: 'by hand' }]],
    [
      `9090/TCP reason="${'\u{1F512}'.repeat(256)}"`,
      [{ ...PORT, reason: '\u{1F512}'.repeat(256) }],
    ],
    [
      '9090/TCP until=2028-02-29 reason="a, b; c",53/UDP',
      [
        { ...PORT, until: '2028-02-29', reason: 'a, b; c' },
        { port: 53, protocol: 'UDP' },
      ],
    ],
  ])('%j is %j', (text, expected) => {
    expect(parseAcceptedCuts(text)).toEqual(expected);
  });

  test.each([
    '9090/TCP,',
    ';',
    '9090',
    '0/TCP',
    'until=2027-03-31',
    '9090/TCPuntil=2027-03-31',
    '9090/TCP until=2027-02-29',
    '9090/TCP until=2027-3-31',
    '9090/TCP until=tomorrow',
    '9090/TCP until= 2027-03-31',
    '9090/TCP until=2027-03-31 until=2027-04-30',
    '9090/TCP reason="a" until=2027-03-31',
    '9090/TCP reason=a',
    '9090/TCP reason=""',
    `9090/TCP reason="${'a'.repeat(257)}"`,
    '9090/TCP reason="a',
    '9090/TCP reason="a"b',
    '9090/TCP because="a"',
  ])('%j is refused', (text) => {
    expect(() => parseAcceptedCuts(text)).toThrow(AnnotationError);
  });

  test('is what it is written as again', () => {
    const day = fc
      .date({ min: new Date('1970-01-01'), max: new Date('9999-12-30'), noInvalidDate: true })
      .map((date) => date.toISOString().slice(0, 10));
    const reason = fc
      .string({ minLength: 1, maxLength: 256 })
      .map((text) => text.replaceAll('"', "'"));
    const cut = fc.record(
      {
        port: fc.integer({ min: 1, max: 65_535 }),
        protocol: fc.constantFrom('TCP' as const, 'UDP' as const, 'SCTP' as const),
        until: day,
        reason,
      },
      { requiredKeys: ['port', 'protocol'] },
    );
    fc.assert(
      fc.property(fc.array(cut), fc.constantFrom(',', '; '), (cuts, separator) => {
        const text = cuts.map(acceptedCutText).join(separator);
        expect(parseAcceptedCuts(text)).toEqual(cuts);
      }),
    );
  });
});

describe('an acceptance until 2027-03-31', () => {
  const cut: AcceptedCut = { ...PORT, until: '2027-03-31' };

  test.each([
    ['2027-03-31T23:59:59.999Z', true, false, '2027-04-01T00:00:00.000Z'],
    ['2027-04-01T00:00:00Z', true, true, '2027-04-15T00:00:00.000Z'],
    ['2027-04-14T23:59:59.999Z', true, true, '2027-04-15T00:00:00.000Z'],
    ['2027-04-15T00:00:00Z', false, false, undefined],
  ])('at %s counts: %s, with a warning: %s, and changes next at %s', (time, does, warns, next) => {
    const now = Date.parse(time);
    expect(counts(cut, now)).toBe(does);
    expect(hasEnded(cut, now)).toBe(warns);
    const changes = nextChange([cut, PORT], now);
    expect(changes === undefined ? changes : new Date(changes).toISOString()).toBe(next);
    expect(firstDayWithout(cut)).toBe('2027-04-15');
  });

  test('without an end nothing changes', () => {
    expect(nextChange([PORT], 0)).toBeUndefined();
    expect([counts(PORT, 1e15), hasEnded(PORT, 1e15)]).toEqual([true, false]);
  });
});
