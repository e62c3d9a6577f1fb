import { stripVTControlCharacters } from 'node:util';
import { expect, test } from 'vitest';
import { exposureOf, type PortListener } from '../../domain/exposure/exposure.ts';
import type { Outcome } from '../../domain/probing/reading.ts';
import { NOW, port } from '../../testing/builders.ts';
import type { AddressResult, ProbeResult } from '../probe/result.ts';
import { summaryOf } from '../probe/summary.ts';
import { probeDocument } from './probe-document.ts';
import { probeTable } from './probe-table.ts';

const LISTENERS: PortListener[] = [
  { address: '::', port: 8080, container: 'app', process: 'node' },
  { address: '::', port: 5000, container: 'app', process: 'node' },
  { address: '127.0.0.1', port: 9229, container: 'app', process: 'node' },
  { address: '0.0.0.0', port: 9090, container: '', process: '' },
];

/** An application that declares 8080 and 53/UDP, and listens on more. */
function address(fields: Partial<AddressResult> = {}, looked = true): AddressResult {
  const outcomes = new Map<number, Outcome>();
  for (let each = 1; each <= 65_535; each++) outcomes.set(each, 'refused');
  for (const each of [8080, 9090, 5000]) outcomes.set(each, 'open');
  const exposure = exposureOf({
    hasPod: true,
    asked: 'all',
    isNamed: false,
    outcomes,
    complete: true,
    doubt: undefined,
    declared: [{ ...port(8080), name: 'http' }, port(53, 'UDP', '')],
    listeners: looked ? LISTENERS : undefined,
  });
  return {
    ...exposure,
    address: '10.244.1.7',
    pod: { namespace: 'shop', name: 'web-1', uid: 'uid-1', node: 'node-2' },
    portsAsked: 65_535,
    inside: looked ? [{ container: 'app', readBy: 'cat', reason: '' }] : undefined,
    ...fields,
  };
}

function result(addresses: AddressResult[]): ProbeResult {
  return {
    target: 'deployment/web',
    isRange: false,
    from: 'debug',
    startedAt: NOW,
    endedAt: NOW + 218_000,
    verdict: 'Findings',
    addresses,
    silentAddresses: 0,
    warnings: ['only a test'],
  };
}

const PLAIN = { wide: false, color: false };

test('the table of one address: declared, listening, reachable, worst first', () => {
  expect(probeTable(result([address()]), PLAIN)).toBe(
    `PORT       STATE          DECLARED BY   LISTENING                NOTE
5000/TCP   Open           -             app: node on *           undeclared, yet reachable
9090/TCP   Open           -             ?: ? on *                undeclared, yet reachable
8080/TCP   Open           app (http)    app: node on *
53/UDP     Unverifiable   annotation    ?                        a connection attempt proves nothing about UDP
9229/TCP   Refused        -             app: node on 127.0.0.1   loopback only: no exposure
Seen from debug
`,
  );
});

test('the table of several names the pods; nobody looked inside', () => {
  const silent = address({
    ...exposureOf({
      hasPod: true,
      declared: [port(8080)],
      asked: [8080],
      isNamed: false,
      complete: true,
      outcomes: new Map([[8080, 'filtered'] as const]),
      doubt: undefined,
      listeners: undefined,
    }),
    address: 'fd00::7',
    inside: undefined,
  });
  expect(probeTable(result([address({}, false), silent]), PLAIN)).toBe(
    `POD          ADDRESS      PORT       STATE          DECLARED BY   NOTE
shop/web-1   10.244.1.7   5000/TCP   Open           -             undeclared, yet reachable
shop/web-1   10.244.1.7   9090/TCP   Open           -             undeclared, yet reachable
shop/web-1   10.244.1.7   8080/TCP   Open           app (http)
shop/web-1   10.244.1.7   53/UDP     Unverifiable   annotation    a connection attempt proves nothing about UDP
shop/web-1   fd00::7      8080/TCP   Filtered       app           declared, but no answer comes
Seen from debug
`,
  );
});

test('a crowd of equal ports is left to the wide table', () => {
  const asked = Array.from({ length: 12 }, (_, index) => 9_000 + index);
  const outcomes = new Map(
    asked.map((each) => [each, each === 9_011 ? 'filtered' : 'refused'] as const),
  );
  const crowd = address({
    ...exposureOf({
      hasPod: false,
      declared: [],
      asked,
      isNamed: true,
      outcomes,
      complete: true,
      doubt: undefined,
      listeners: undefined,
    }),
    pod: undefined,
    inside: undefined,
  });
  expect(probeTable(result([crowd]), PLAIN)).toBe(
    `PORT       STATE      DECLARED BY   NOTE
9011/TCP   Filtered   -
Seen from debug
`,
  );
  const wide = probeTable(result([crowd]), { wide: true, color: false }).split('\n');
  expect(wide[0]).toBe('POD   ADDRESS      NODE   PORT       STATE      DECLARED BY   NOTE');
  expect(wide[1]).toBe('-     10.244.1.7   -      9000/TCP   Refused    -');
  expect(wide).toHaveLength(15);
});

test.each<[number, number]>([
  [10, 10],
  [11, 0],
])('of %i plain ports of one state, %i are listed', (count, listed) => {
  const asked = Array.from({ length: count }, (_, index) => 9_000 + index);
  const outcomes = new Map(asked.map((each) => [each, 'refused'] as const));
  const exposure = exposureOf({
    hasPod: true,
    declared: [],
    asked,
    isNamed: true,
    outcomes,
    complete: true,
    doubt: undefined,
    listeners: undefined,
  });
  const table = probeTable(result([address({ ...exposure, inside: undefined })]), PLAIN);
  expect(table.split('\n').length).toBe(listed === 0 ? 1 : listed + 3);
});

test('a wide table names the node, or that none is known', () => {
  const [open] = address().ports;
  const ports = open ? [open] : [];
  const pod = { namespace: 'shop', name: 'web-1', uid: 'uid-1', node: '' };
  const wide = probeTable(result([address({ ports }), address({ ports, pod })]), {
    wide: true,
    color: false,
  });
  expect(wide.split('\n').map((line) => line.split(/ {2,}/).slice(0, 3))).toEqual([
    ['POD', 'ADDRESS', 'NODE'],
    ['shop/web-1', '10.244.1.7', 'node-2'],
    ['shop/web-1', '10.244.1.7', '-'],
    ['Seen from debug'],
    [''],
  ]);
});

test('the pods of several addresses are named where any is known', () => {
  const [open] = address().ports;
  const ports = open ? [open] : [];
  const stranger = address({ ports, pod: undefined });
  const first = (addresses: AddressResult[]) =>
    probeTable(result(addresses), PLAIN)
      .split('\n')
      .map((line) => line.split(' ')[0]);
  const end = ['Seen', ''];
  expect(first([stranger, stranger])).toEqual(['ADDRESS', '10.244.1.7', '10.244.1.7', ...end]);
  expect(first([stranger, address({ ports })])).toEqual(['POD', '-', 'shop/web-1', ...end]);
});

test('a range names its pod, also where only one address of it answers', () => {
  const range = { ...result([address({ inside: undefined })]), isRange: true };
  const [header, row] = probeTable(range, PLAIN).split('\n');
  expect(header).toMatch(/^POD +ADDRESS +PORT /);
  expect(row).toMatch(/^shop\/web-1 +10\.244\.1\.7 +5000\/TCP /);
});

test('from where it was seen is on one line, whatever the machine is called', () => {
  const table = probeTable({ ...result([address()]), from: 'a\u001b[31m\nb' }, PLAIN);
  expect(table.split('\n').at(-2)).toBe('Seen from a\\x1b[31m\\nb');
});

test('red is what is undeclared, yellow what is declared in vain, green what is as it should be', () => {
  const states = [
    ['UndeclaredReachable', 'Open', 31],
    ['DeclaredUnreachable', 'Filtered', 33],
    [undefined, 'Open', 32],
  ] as const;
  const ports = states.map(([finding, state], index) => ({
    port: 80 + index,
    protocol: 'TCP' as const,
    state,
    finding,
    note: '',
    declaredBy: [{ container: 'app' }],
    listeners: undefined,
  }));
  const plain = ports.slice(2).map((each) => ({ ...each, state: 'Refused' as const, port: 90 }));
  const colored = probeTable(
    result([address({ ports: [...ports, ...plain], inside: undefined })]),
    {
      wide: false,
      color: true,
    },
  );
  const lines = colored.split('\n');
  for (const [index, [, state, color]] of states.entries())
    expect(lines[index + 1]).toContain(`\u001b[${color}m${state}\u001b[39m`);
  expect(lines[4]).toBe('90/TCP   Refused    app');
});

test('nothing to list is nothing on stdout', () => {
  expect(probeTable(result([address({ ports: [] })]), PLAIN)).toBe('');
});

test('colours change nothing but the colour', () => {
  const colored = probeTable(result([address()]), { wide: false, color: true });
  expect(colored).toContain('\u001b[31mOpen\u001b[39m');
  expect(colored).toContain('\u001b[32mOpen\u001b[39m');
  expect(stripVTControlCharacters(colored)).toBe(probeTable(result([address()]), PLAIN));
});

test('the document has every field, whatever is known', () => {
  const [open, ...others] = address().ports;
  const known = address({ ports: open ? [open] : others });
  const unknown = address({ ports: [], pod: undefined, inside: undefined });
  expect(probeDocument(result([known, unknown]))).toEqual({
    apiVersion: 'portlock.dev/v1alpha1',
    kind: 'ProbeResult',
    target: 'deployment/web',
    from: 'debug',
    verdict: 'Findings',
    startedAt: '2026-01-02T03:04:05.000Z',
    endedAt: '2026-01-02T03:07:43.000Z',
    warnings: ['only a test'],
    silentAddresses: 0,
    addresses: [
      {
        address: '10.244.1.7',
        pod: { namespace: 'shop', name: 'web-1', uid: 'uid-1', node: 'node-2' },
        verdict: 'Findings',
        reason: '',
        portsAsked: 65_535,
        counts: { open: 3, refused: 65_532, filtered: 0, unreachable: 0, error: 0 },
        ports: [
          {
            port: 53,
            protocol: 'UDP',
            state: 'Unverifiable',
            finding: 'Unverifiable',
            note: 'a connection attempt proves nothing about UDP',
            declaredBy: [{ container: null, name: null }],
            listeners: null,
          },
        ],
        inside: [{ container: 'app', readBy: 'cat', reason: '' }],
      },
      {
        address: '10.244.1.7',
        pod: null,
        verdict: 'Findings',
        reason: '',
        counts: { open: 3, refused: 65_532, filtered: 0, unreachable: 0, error: 0 },
        portsAsked: 65_535,
        ports: [],
        inside: null,
      },
    ],
  });
});

test('the document tells who listens', () => {
  const { addresses } = probeDocument(result([address()])) as {
    addresses: { ports: { port: number; listeners: unknown }[] }[];
  };
  const of = (number: number) =>
    addresses[0]?.ports.find((each) => each.port === number)?.listeners;
  expect(of(8080)).toEqual([{ address: '::', container: 'app', process: 'node' }]);
  expect(of(9090)).toEqual([{ address: '0.0.0.0', container: null, process: null }]);
});

test('the summary counts, names what is reachable, and says why the rest cannot be told', () => {
  const unknown = address({ verdict: 'Unknown', reason: 'nothing answers', ports: [] });
  expect(summaryOf(result([address(), unknown]))).toEqual([
    'shop/web-1 (10.244.1.7): 3 open, 65,532 refused',
    'shop/web-1 (10.244.1.7): 3 open, 65,532 refused',
    '2 undeclared ports are reachable: 5000, 9090',
    'It cannot be told of shop/web-1 (10.244.1.7): nothing answers',
  ]);
  const clean = { ...result([address()]), verdict: 'Clean' as const, silentAddresses: 1 };
  expect(summaryOf(clean).slice(1)).toEqual([
    '1 address gave no answer',
    'No undeclared port is reachable from here',
  ]);
  const stranger = address({ pod: undefined });
  expect(summaryOf({ ...clean, addresses: [stranger], silentAddresses: 0 })).toEqual([
    '10.244.1.7: 3 open, 65,532 refused',
    'No pod is known there, so nothing is declared or undeclared',
  ]);
});
