import { expect, test } from 'vitest';
import type { Expected } from '../evaluate/expectation.ts';
import type { IpFamily } from '../match/ip-family.ts';
import { type ExpectedOver, expectedOver } from './expected-over.ts';

const BOTH: IpFamily[] = ['IPv4', 'IPv6'];
const ALLOWED: Expected = { expected: 'Allowed', by: ['b'] };
const DENIED: Expected = { expected: 'Denied', by: ['d'] };
const UNKNOWN: Expected = { expected: 'Unknown', by: ['u'], why: 'why' };
const ALSO: Expected = { expected: 'Allowed', by: ['a', 'b'], why: 'also' };

test.each<[string, ExpectedOver, Expected, Expected, IpFamily[], IpFamily[] | undefined]>([
  ['one family', ALLOWED, ALLOWED, DENIED, ['IPv4'], undefined],
  ['one family, observed over it', ALLOWED, ALLOWED, DENIED, ['IPv4'], ['IPv4']],
  ['the worse of two', { ...DENIED, family: 'IPv6' }, ALLOWED, DENIED, BOTH, undefined],
  ['a denial before doubt', { ...DENIED, family: 'IPv4' }, DENIED, UNKNOWN, BOTH, undefined],
  ['doubt before leave', { ...UNKNOWN, family: 'IPv6' }, ALLOWED, UNKNOWN, BOTH, undefined],
  [
    'what both say',
    { expected: 'Allowed', by: ['a', 'b'], why: 'also' },
    ALLOWED,
    ALSO,
    BOTH,
    undefined,
  ],
  [
    'the observed one',
    { ...ALLOWED, only: 'IPv4', family: 'IPv4' },
    ALLOWED,
    DENIED,
    BOTH,
    ['IPv4'],
  ],
  [
    'neither, of another that was observed',
    { ...DENIED, family: 'IPv6' },
    ALLOWED,
    DENIED,
    BOTH,
    [],
  ],
])('what is expected is that of %s', (_what, expected, v4, v6, families, observed) => {
  const connection = { port: 80, protocol: 'TCP', declared: true } as const;
  const asked: unknown[] = [];
  const expectation = (each: { family: IpFamily }) => {
    asked.push(each);
    return each.family === 'IPv4' ? v4 : v6;
  };
  expect(expectedOver(expectation, connection, families, observed)).toEqual(expected);
  expect(asked[0]).toEqual({ ...connection, family: expected.only ?? families[0] });
});

test('without a family nothing is expected', () => {
  const connection = { port: 80, protocol: 'TCP', declared: true } as const;
  const nothing = { expected: 'Unknown', by: [] };
  expect(expectedOver(() => ALLOWED, connection, [], undefined)).toEqual(nothing);
});
