import { describe, expect, test } from 'vitest';
import { calibration, NOW } from '../../testing/builders.ts';
import type { Expected } from '../evaluate/expectation.ts';
import {
  type Evidence,
  emptyEvidence,
  type Observed,
  type SettledObservation,
} from '../probing/evidence.ts';
import { declaredTcpPorts } from '../workload/declared-ports.ts';
import {
  isDrift,
  isDriftFinding,
  named,
  type PortRow,
  portRows,
  type RowsInput,
  worstFirst,
} from './port-rows.ts';

const HTTP = { port: 8080, protocol: 'TCP', containers: ['app'] } as const;
const DNS = { port: 53, protocol: 'UDP', containers: ['dns'] } as const;

function settled(observed: Observed, fields: Partial<SettledObservation> = {}): SettledObservation {
  return { observed, pods: 2, firstSeen: NOW - 2000, lastSeen: NOW - 1000, ...fields };
}

/** Evidence in which these ports were read so many times. */
function read(ports: Record<number, SettledObservation>, streak = 3): Evidence {
  const all = Object.entries(ports).map(([port, each]) => [Number(port), each] as const);
  const known = { settled: new Map(all), seen: all.map(([port]) => port) };
  return {
    ...emptyEvidence('now', 0, known),
    ports: new Map(all.map(([port, { observed, pods }]) => [port, { observed, pods, streak }])),
  };
}

function rows(
  evidence: Evidence,
  expected: Partial<Expected> = {},
  fields: Partial<RowsInput> = {},
) {
  return portRows({
    declared: [HTTP],
    ranges: [],
    evidence,
    expectation: () => ({ expected: 'Allowed', by: [], ...expected }),
    families: ['IPv4'],
    calibration: calibration('Dropped'),
    unverifiable: undefined,
    unused: [],
    ...fields,
  });
}

describe('a declared port', () => {
  test('that is open is as declared', () => {
    expect(rows(read({ 8080: settled('Open') }))).toEqual([
      {
        port: 8080,
        protocol: 'TCP',
        declared: true,
        containers: ['app'],
        expected: 'Allowed',
        observed: 'Open',
        pods: 2,
        firstSeen: NOW - 2000,
        lastSeen: NOW - 1000,
        isCurrent: true,
      },
    ]);
  });

  test('of which nothing is known yet is not known', () => {
    const [row] = rows(read({}));
    expect(row).toMatchObject({ observed: 'Unknown', pods: 0, isCurrent: false });
    expect(row?.finding).toBeUndefined();
  });

  const unused = { unused: [HTTP] };

  test('that nobody uses is told, if nothing worse is', () => {
    const [row] = rows(read({ 8080: settled('Open') }), {}, unused);
    expect(row?.finding).toBe('DeclaredUnused');
    expect(row?.message).toBe('Declared, but no Service, monitor, probe or annotation uses it');
    const [closed] = rows(read({ 8080: settled('Filtered') }), {}, unused);
    expect(closed?.finding).toBe('DeclaredUnreachable');
    const [other] = rows(read({ 8080: settled('Open') }), {}, { unused: [{ ...HTTP, port: 1 }] });
    expect(other?.finding).toBeUndefined();
  });

  test.each<[string, Partial<RowsInput>, string]>([
    ['of UDP', { declared: [DNS] }, 'A connection attempt proves nothing about UDP'],
    ['of pods that may not be asked', { unverifiable: 'why' }, 'why'],
  ])('%s is unverifiable', (_what, fields, message) => {
    const [declared = HTTP] = fields.declared ?? [HTTP];
    expect(rows(read({}), {}, fields)[0]).toEqual({
      ...declared,
      declared: true,
      expected: 'Unknown',
      observed: 'Unknown',
      finding: 'Unverifiable',
      message,
      pods: 0,
      isCurrent: true,
    });
  });
});

test('a port of a range that the owner lists is declared where it answers, and no row elsewhere', () => {
  const ranges = [{ first: 9000, last: 9100, protocol: 'TCP' as const }];
  const evidence = read({
    9000: settled('Open'),
    9001: settled('Filtered'),
    9101: settled('Open'),
  });
  const found = rows(evidence, {}, { declared: [], ranges });
  expect(found.map(({ port, declared, finding }) => [port, declared, finding])).toEqual([
    [9101, false, 'UndeclaredReachable'],
    [9000, true, undefined],
  ]);
  const udp = rows(
    evidence,
    {},
    { declared: [], ranges: [{ first: 1, last: 65_535, protocol: 'UDP' }] },
  );
  expect(udp.every(({ declared }) => !declared)).toBe(true);
});

describe('an undeclared port', () => {
  test('has a row where it is open, and none else', () => {
    const evidence = read({
      8080: settled('Open'),
      9090: settled('Open'),
      22: settled('Filtered'),
    });
    const found = rows({ ...evidence, seen: [...evidence.seen, 23] });
    expect(found.map(({ port, declared }) => [port, declared])).toEqual([
      [9090, false],
      [8080, true],
    ]);
    expect(found[0]).toMatchObject({ protocol: 'TCP', containers: [], observed: 'Open' });
  });

  test('of the number of a declared UDP port has one', () => {
    const found = rows(read({ 53: settled('Open') }), {}, { declared: [DNS] });
    expect(found.map(({ port, protocol }) => `${port}/${protocol}`)).toEqual(['53/TCP', '53/UDP']);
  });
});

describe('a finding says', () => {
  const undeclared = (expected: Partial<Expected>, families = ['IPv4'] as RowsInput['families']) =>
    rows(read({ 9090: settled('Open') }), expected, { families, declared: [] })[0];

  test.each<[string, Partial<Expected>]>([
    ['No NetworkPolicy isolates the pods', {}],
    ['Widened by open', { by: ['open'] }],
    ['Widened by a, b, c and 2 more', { by: ['e', 'd', 'c', 'b', 'a'] }],
    ['May be allowed by $& (why $1)', { expected: 'Unknown', by: ['$&'], why: 'why $1' }],
    ['May be allowed by x ()', { expected: 'Unknown', by: ['x'] }],
    [
      'No policy allows it, yet a connection was made: the policy is not enforced',
      { expected: 'Denied' },
    ],
  ])('%s', (message, expected) => {
    expect(undeclared(expected)).toMatchObject({ finding: 'UndeclaredReachable', message });
  });

  test('that no policy closes a declared port', () => {
    const [row] = rows(read({ 8080: settled('Filtered') }));
    expect(row?.message).toBe(
      'No policy closes it; no answer came to a connection from the prober',
    );
  });

  test('over which family it was, where pods have both', () => {
    const evidence = read({ 9090: settled('Open', { families: ['IPv6'] }) });
    const by = { by: ['open'] };
    const families = ['IPv4', 'IPv6'] as const;
    const [row] = rows(evidence, by, { families, declared: [] });
    expect(row).toMatchObject({ families: ['IPv6'], message: 'Widened by open over IPv6' });
    const [single] = rows(evidence, by, { declared: [] });
    expect(single?.families).toBeUndefined();
    expect(single?.message).toBe('Widened by open');
  });

  test('that it was before, until it was read often enough under the policies of now', () => {
    const message = 'Seen before the policies or the pods changed; being probed again';
    const evidence = read({ 9090: settled('Open') }, 2);
    const [row] = rows(evidence, {}, { declared: [] });
    expect(row).toMatchObject({ isCurrent: false, finding: 'UndeclaredReachable', message });
    const [unread] = rows({ ...evidence, ports: new Map() }, {}, { declared: [] });
    expect(unread).toMatchObject({ isCurrent: false, message });
    const [good] = rows(read({ 8080: settled('Open') }, 0));
    expect(good?.isCurrent).toBe(true);
  });
});

describe('rows', () => {
  function row(fields: Partial<PortRow>): PortRow {
    return {
      port: 1,
      protocol: 'TCP',
      declared: true,
      containers: [],
      expected: 'Allowed',
      observed: 'Open',
      pods: 1,
      isCurrent: true,
      ...fields,
    };
  }

  test('are sorted worst first, then by number and protocol', () => {
    const order = [
      row({ port: 9, finding: 'UndeclaredReachable' }),
      row({ port: 8, finding: 'DeclaredUnreachable' }),
      row({ port: 7, finding: 'DeclaredNotListening' }),
      row({ port: 5, finding: 'DeclaredUnused' }),
      row({ port: 6, finding: 'Unverifiable' }),
      row({ port: 1 }),
      row({ port: 2 }),
      row({ port: 2, protocol: 'UDP' }),
      row({ port: 10 }),
    ];
    expect([...order].reverse().sort(worstFirst)).toEqual(order);
    expect([...order].sort(worstFirst)).toEqual(order);
    const evidence = read({ 8080: settled('Open') });
    const found = rows(evidence, {}, { declared: [HTTP, { ...HTTP, port: 80 }, DNS] });
    expect(found.map(({ port }) => port)).toEqual([53, 80, 8080]);
  });

  test.each<[PortRow['finding'], boolean]>([
    ['UndeclaredReachable', true],
    ['DeclaredUnreachable', true],
    ['DeclaredNotListening', false],
    ['DeclaredUnused', false],
    ['Unverifiable', false],
    [undefined, false],
  ])('of %s differ from the declaration: %s', (finding, expected) => {
    const fields = finding ? { finding } : {};
    expect(isDriftFinding(finding)).toBe(expected);
    expect(isDrift(row(fields))).toBe(expected);
    expect(isDrift(row({ ...fields, isCurrent: false }))).toBe(false);
  });
});

test('only TCP ports are told by a connection, and three names of a list', () => {
  expect(declaredTcpPorts([HTTP, DNS])).toEqual(new Set([8080]));
  expect(named(['a', 'b', 'c'])).toBe('a, b, c');
  expect(named(['a', 'b', 'c', 'd', 'e'])).toBe('a, b, c and 2 more');
});
