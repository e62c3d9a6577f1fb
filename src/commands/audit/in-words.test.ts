import { describe, expect, test } from 'vitest';
import type { AuditedWorkload } from '../../api/audit-result.ts';
import type { Protocol } from '../../api/kubernetes.ts';
import { allowedInWords, declaredInWords, enforceInWords } from './in-words.ts';

type AllowedRange = NonNullable<AuditedWorkload['allowed']['ports']>[number];

const range = (first: number, last: number, fields: Partial<AllowedRange> = {}): AllowedRange => ({
  first,
  last,
  protocol: 'TCP',
  to: 'Everybody',
  ...fields,
});
const ofAll = (to: AllowedRange['to'] = 'Everybody') =>
  (['TCP', 'UDP', 'SCTP'] as const).map((protocol) => range(1, 65_535, { protocol, to }));

describe('what is allowed', () => {
  const words = (ports: AllowedRange[]) =>
    allowedInWords({ allowed: { verdict: 'Some', ports } } as AuditedWorkload);
  test.each<[AllowedRange[], string]>([
    [[], '-'],
    [[range(80, 80)], '80/TCP'],
    [[range(80, 82), range(53, 53, { protocol: 'UDP' })], '80-82/TCP, 53/UDP'],
    [[range(80, 80, { to: 'Some' })], '80/TCP (some)'],
    [ofAll(), 'all'],
    [ofAll().slice(1), 'all/UDP, all/SCTP'],
    [ofAll('Some'), 'all/TCP (some), all/UDP (some), all/SCTP (some)'],
    [[range(1, 65_534), range(2, 65_535)], '1-65534/TCP, 2-65535/TCP'],
  ])('%j is %s', (allowed, expected) => {
    expect(words(allowed)).toBe(expected);
  });
  test.each([
    ['All', 'all'],
    ['Unknown', 'unknown'],
  ] as const)('%s is %s', (verdict, expected) => {
    expect(allowedInWords({ allowed: { verdict, ports: null } } as AuditedWorkload)).toBe(expected);
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
    declaredInWords({ declared: ports, declaredRanges: ranges } as unknown as AuditedWorkload);
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
  [{ applies: true, reason: null }, 'Apply'],
  [{ applies: false, reason: 'UndeclaredPortsInUse' }, 'UndeclaredPortsInUse'],
  [{ applies: null, reason: 'Unknown' }, 'Unknown'],
])('enforce would %j: %s', (enforce, expected) => {
  expect(enforceInWords({ enforce } as AuditedWorkload)).toBe(expected);
});
