import { describe, expect, test } from 'vitest';
import { type AskedAddress, parseRound, roundLine } from './round.ts';

const ADDRESS: AskedAddress = {
  address: 'fd00::1',
  outcomes: new Map([
    [80, 'open'],
    [443, 'filtered'],
  ]),
  complete: true,
  doubt: 'every port answers',
  note: 'slow',
};

describe('a line', () => {
  test('is one line of JSON, in whole milliseconds, and is read as it was', () => {
    const line = roundLine({ milliseconds: 12.6, addresses: [ADDRESS] });
    expect(line).toBe(
      '{"milliseconds":13,"addresses":[{"address":"fd00::1","complete":true,"doubt":"every port answers","note":"slow","outcomes":{"80":"open","443":"filtered"}}]}\n',
    );
    expect(parseRound(line)).toEqual({ milliseconds: 13, addresses: [ADDRESS] });
  });

  test('stays one whatever is noted', () => {
    const line = roundLine({ milliseconds: 0, addresses: [{ ...ADDRESS, note: 'a\nb' }] });
    expect(line.split('\n')).toHaveLength(2);
    expect(parseRound(line)?.addresses[0]?.note).toBe('a\nb');
  });
});

describe('what is read is what a peer may say, whoever wrote it', () => {
  const addressOf = (fields: object) =>
    parseRound(JSON.stringify({ milliseconds: 1, addresses: [fields] }))?.addresses[0];

  test.each<[what: string, fields: object, read: Partial<AskedAddress>]>([
    ['nothing', {}, { address: '', complete: false, doubt: '', note: '' }],
    [
      'another type',
      { address: 7, complete: 1, note: {}, doubt: [] },
      { address: '', complete: false, note: '' },
    ],
    [
      'no outcome',
      { outcomes: { 80: 'ajar', 81: 7, 82: 'open' } },
      { outcomes: new Map([[82, 'open']]) },
    ],
    ['outcomes that are none', { outcomes: 'open' }, { outcomes: new Map() }],
  ])('%s', (_what, fields, read) => {
    expect(addressOf(fields)).toMatchObject(read);
  });

  test.each([
    '',
    '{',
    'null',
    '7',
    '[]',
    '{"milliseconds":"1","addresses":[]}',
    '{"milliseconds":1,"addresses":{}}',
    '{"milliseconds":1}',
  ])('no round: %s', (line) => {
    expect(parseRound(line)).toBeUndefined();
  });
});
