import { describe, expect, test } from 'vitest';
import type { AuditedWorkload } from '../../../api/audit-result.ts';
import { auditedWorkload } from '../../../testing/audit-results.ts';
import { portRows } from './port-rows.ts';

type Allowed = NonNullable<AuditedWorkload['allowed']['ports']>[number];

/** One that declares nothing, to which policies let nobody in. */
const closed = (fields: Partial<AuditedWorkload>) =>
  auditedWorkload({ declared: [], allowed: { verdict: 'Some', ports: [] }, ...fields });
const labels = (fields: Partial<AuditedWorkload>) =>
  portRows(closed(fields)).map(({ label }) => label);
const port = (number: number, protocol: 'TCP' | 'UDP' = 'TCP') => ({ port: number, protocol });
const declared = (...ports: number[]) =>
  ports.map((each) => ({ ...port(each), containers: ['app'] }));
const listener = (number: number) => ({
  ...port(number),
  container: null,
  process: null,
  image: null,
});
const range = (first: number, last: number, to: Allowed['to'] = 'Everybody'): Allowed => ({
  first,
  last,
  protocol: 'TCP',
  to,
});
const allowed = (...ports: Allowed[]): AuditedWorkload['allowed'] => ({ verdict: 'Some', ports });

describe('there is a row for each port', () => {
  test.each<[what: string, fields: Partial<AuditedWorkload>, labels: string[]]>([
    ['that is declared', { declared: declared(8080) }, ['8080/TCP']],
    [
      'of a declared range',
      { declaredRanges: [{ first: 9000, last: 9100, protocol: 'TCP' }] },
      ['9000-9100/TCP'],
    ],
    ['that is reachable', { reachable: [port(9090)] }, ['9090/TCP']],
    ['on which anything listens', { listening: [listener(9090)] }, ['9090/TCP']],
    ['to which somebody is connected', { connected: [{ ...port(9090), peers: [] }] }, ['9090/TCP']],
    [
      'that a policy would cut',
      { cuts: [{ port: '9090', protocol: 'TCP', users: [], holds: true }] },
      ['9090/TCP'],
    ],
    [
      'but not of a name, which is no number',
      { cuts: [{ port: '9090x', protocol: 'TCP', users: [], holds: true }] },
      [],
    ],
    [
      'that policies allow',
      { allowed: allowed(range(1, 80), range(443, 443)) },
      ['1-80/TCP', '443/TCP'],
    ],
  ])('%s', (_what, fields, expected) => {
    expect(labels(fields)).toEqual(expected);
  });

  test('once, whatever is known of it', () => {
    expect(
      labels({
        declared: declared(80),
        reachable: [port(80)],
        listening: [listener(80)],
        allowed: allowed(range(80, 80)),
      }),
    ).toEqual(['80/TCP']);
  });

  test('by number, then the shorter range, then the protocol', () => {
    expect(
      labels({
        declared: [...declared(443, 80), { ...port(80, 'UDP'), containers: [] }],
        allowed: allowed(range(80, 90)),
      }),
    ).toEqual(['80/TCP', '80/UDP', '80-90/TCP', '443/TCP']);
  });
});

describe('a port is declared', () => {
  const marks = (fields: Partial<AuditedWorkload>) =>
    portRows(closed(fields)).map((row) => [row.label, row.declared]);

  test.each<[first: number, last: number, mark: string]>([
    [9000, 9100, 'yes'],
    [9050, 9060, 'yes'],
    [8999, 9100, 'no'],
    [9000, 9101, 'no'],
  ])('where all of %d-%d is within a declared range: %s', (first, last, mark) => {
    const declaredRanges = [{ first: 9000, last: 9100, protocol: 'TCP' as const }];
    expect(marks({ declaredRanges, allowed: allowed(range(first, last)) })).toContainEqual([
      `${first}-${last}/TCP`,
      mark,
    ]);
  });

  test('of its own protocol alone', () => {
    expect(marks({ declared: declared(53), reachable: [port(53, 'UDP')] as never })).toEqual([
      ['53/TCP', 'yes'],
      ['53/UDP', 'no'],
    ]);
  });
});

describe('a port is allowed', () => {
  const mark = (to: AuditedWorkload['allowed']) =>
    portRows(closed({ declared: declared(80), allowed: to })).find(
      ({ label }) => label === '80/TCP',
    )?.allowed;

  test.each<[what: string, allowed: AuditedWorkload['allowed'], mark: string]>([
    ['where no policy isolates', { verdict: 'All', ports: null }, 'yes'],
    ['nobody can tell', { verdict: 'Unknown', ports: null }, 'unknown'],
    ['not where no rule is about it', allowed(range(81, 90)), 'no'],
    ['to some', allowed(range(80, 80, 'Some')), 'some'],
    ['to everybody, whatever else says some', allowed(range(1, 100, 'Some'), range(80, 80)), 'yes'],
    ['by a rule about every port', allowed(range(1, 65_535)), 'yes'],
  ])('%s', (_what, given, expected) => {
    expect(mark(given)).toBe(expected);
  });
});

describe('what was seen', () => {
  const row = (fields: Partial<AuditedWorkload>) =>
    portRows(closed({ declared: declared(80), ...fields }))[0];

  test.each(['reachable', 'listening'] as const)('%s is unknown where nobody looked', (field) => {
    expect(row({ [field]: null })?.[field]).toBe('unknown');
    expect(row({ [field]: [] })?.[field]).toBe('no');
    expect(row({ [field]: [listener(80)] })?.[field]).toBe('yes');
    expect(row({ [field]: [{ ...listener(80), protocol: 'UDP' }] })?.[field]).toBe('no');
  });

  test('of one port says nothing of a range', () => {
    const rows = portRows(closed({ allowed: allowed(range(80, 90)), reachable: [port(80)] }));
    expect(rows.map(({ label, reachable }) => [label, reachable])).toEqual([
      ['80/TCP', 'yes'],
      ['80-90/TCP', 'no'],
    ]);
  });
});

describe('the last row is of all other ports', () => {
  const nothing = { declared: 'no', reachable: 'unknown', listening: 'unknown' };
  const last = (given: AuditedWorkload['allowed']) =>
    portRows(closed({ declared: declared(80), allowed: given })).slice(1);

  test.each([
    ['All', 'yes'],
    ['Unknown', 'unknown'],
  ] as const)('where the verdict is %s', (verdict, mark) => {
    expect(last({ verdict, ports: null })).toEqual([
      { label: 'all others', allowed: mark, ...nothing },
    ]);
  });

  test('by protocol where a policy allows every port of one', () => {
    const rules = [range(1, 65_535), { ...range(1, 65_535, 'Some'), protocol: 'UDP' } as Allowed];
    expect(last(allowed(...rules))).toEqual([
      { label: 'all TCP', allowed: 'yes', ...nothing },
      { label: 'all UDP', allowed: 'some', ...nothing },
    ]);
  });

  test('and there is none where the policies allow what was named', () => {
    expect(last(allowed(range(80, 80)))).toEqual([]);
  });
});
