import { describe, expect, test } from 'vitest';
import type { Protocol } from '../../api/kubernetes.ts';
import type { AllowedRange } from '../../domain/evaluate/allowed-ports.ts';
import type { Audited } from './audited.ts';
import { allowedInWords, declaredInWords, enforceInWords } from './in-words.ts';

const range = (first: number, last: number, fields: Partial<AllowedRange> = {}): AllowedRange => ({
  first,
  last,
  protocol: 'TCP',
  to: 'everybody',
  ...fields,
});
const ofAll = (to: AllowedRange['to'] = 'everybody') =>
  (['TCP', 'UDP', 'SCTP'] as const).map((protocol) => range(1, 65_535, { protocol, to }));

describe('what is allowed', () => {
  const words = (allowed: unknown) => allowedInWords({ exposure: { allowed } } as Audited);
  test.each<[unknown, string]>([
    ['unknown', 'unknown'],
    [[], '-'],
    [[range(80, 80)], '80/TCP'],
    [[range(80, 82), range(53, 53, { protocol: 'UDP' })], '80-82/TCP, 53/UDP'],
    [[range(80, 80, { to: 'some' })], '80/TCP (some)'],
    [ofAll(), 'all'],
    [ofAll().slice(1), 'all/UDP, all/SCTP'],
    [ofAll('some'), 'all/TCP (some), all/UDP (some), all/SCTP (some)'],
    [[range(1, 65_534), range(2, 65_535)], '1-65534/TCP, 2-65535/TCP'],
  ])('%j is %s', (allowed, expected) => {
    expect(words(allowed)).toBe(expected);
  });
});

describe('what is declared', () => {
  const declared = (count: number) =>
    Array.from({ length: count }, (_, index) => ({
      port: index + 1,
      protocol: 'TCP' as Protocol,
      containers: [],
    }));
  const words = (ports: object[], ranges: object[] = []) =>
    declaredInWords({ judged: { asked: { declared: ports, ranges } } } as unknown as Audited);
  test.each<[object[], object[], string]>([
    [[], [], '-'],
    [declared(2), [{ first: 8, last: 9, protocol: 'UDP' }], '1/TCP, 2/TCP, 8-9/UDP'],
    [declared(7), [], '1/TCP, 2/TCP, 3/TCP, 4/TCP, 5/TCP, 6/TCP, 7/TCP'],
    [declared(8), [], '1/TCP, 2/TCP, 3/TCP, 4/TCP, 5/TCP, 6/TCP, 2 more'],
  ])('%j and %j are %s', (ports, ranges, expected) => {
    expect(words(ports, ranges)).toBe(expected);
  });
});

test.each([
  [{ kind: 'apply' }, 'Apply'],
  [{ kind: 'hold', reason: 'UndeclaredPortsInUse' }, 'UndeclaredPortsInUse'],
])('enforce would %j: %s', (intent, expected) => {
  expect(enforceInWords({ judged: { intent } } as unknown as Audited)).toBe(expected);
});
