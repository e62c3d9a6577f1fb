import { describe, expect, test } from 'vitest';
import { parseAllowFrom, UNSAID } from '../workload/allow-from.ts';
import type { PortReference } from '../workload/template-use.ts';
import { annotate } from './annotate.ts';
import { fixOf, fixOfIsolated, fixOfOutside } from './fix.ts';
import type { OutsideVerdict } from './outside.ts';
import { API_SERVER, PEERS, podsOf, type Source, sourceInWords } from './source.ts';

const DECLARED = [{ port: 8080, protocol: 'TCP' }] as const;
const WEB = { kind: 'Deployment', namespace: 'shop', name: 'web' } as const;
const NONE = {
  namespace: 'shop',
  owner: WEB,
  extraPorts: [],
  ranges: [],
  closedPorts: [],
  acceptedCuts: [],
  allowFrom: UNSAID,
  declared: DECLARED,
};
const LISTED = {
  ...NONE,
  extraPorts: [{ port: 1, protocol: 'UDP' as const }],
  acceptedCuts: [{ port: 9090, protocol: 'TCP' as const }],
};
const BY_ANNOTATION =
  'run kubectl annotate deployment web -n shop portlock.dev/extra-ports=9090/TCP --overwrite, or accept it with kubectl annotate deployment web -n shop portlock.dev/accept-cuts=9090/TCP --overwrite';

type Cut = Parameters<typeof fixOf>[0];

function cut(fields: Partial<Cut> = {}): Cut {
  return {
    port: 9090,
    protocol: 'TCP',
    isDeclared: false,
    isDeclarable: true,
    mayBeUnserved: false,
    sources: new Map(),
    ...fields,
  };
}

test.each<[string, Parameters<typeof fixOf>]>([
  [`declare containerPort 9090 in container app, or ${BY_ANNOTATION}`, [cut(), 'app', NONE]],
  [
    `declare containerPort 9090 in the container that listens on it, or ${BY_ANNOTATION}`,
    [cut(), undefined, NONE],
  ],
  [
    'declare containerPort 53 with protocol UDP in container app, or run kubectl annotate deployment web -n shop portlock.dev/extra-ports=53/UDP --overwrite, or accept it with kubectl annotate deployment web -n shop portlock.dev/accept-cuts=53/UDP --overwrite',
    [cut({ port: 53, protocol: 'UDP' }), 'app', NONE],
  ],
  [
    'declare a containerPort named "ht\\"tp" in container app, or correct the name where it is used',
    [cut({ port: 'ht"tp' }), 'app', NONE],
  ],
  [BY_ANNOTATION, [cut({ isDeclarable: false }), 'app', NONE]],
  ['correct the name where it is used', [cut({ port: 'http', isDeclarable: false }), 'app', NONE]],
  // A Service's port may be a dead one.
  [
    `${BY_ANNOTATION} if nothing listens there`,
    [cut({ isDeclarable: false, mayBeUnserved: true }), 'app', NONE],
  ],
  // Without a declared port there is no policy, and nothing to accept.
  [
    'declare containerPort 9090 in container app, or run kubectl annotate deployment web -n shop portlock.dev/extra-ports=9090/TCP --overwrite',
    [cut({ mayBeUnserved: true }), 'app', { ...NONE, declared: [] }],
  ],
])('%s', (line, found) => {
  expect(fixOf(...found)).toBe(line);
});

const RANGES = [{ first: 9000, last: 9010, protocol: 'TCP' }] as const;
const CLOSED = { ...NONE, closedPorts: [{ port: 9090, protocol: 'TCP' as const }] };

test.each<[string, Parameters<typeof fixOf>[2]]>([
  // The value replaces what the annotation lists, ranges too.
  [
    'run kubectl annotate deployment web -n shop portlock.dev/extra-ports=9090/TCP,9000-9010/TCP --overwrite, or accept it with kubectl annotate deployment web -n shop portlock.dev/accept-cuts=9090/TCP --overwrite',
    { ...NONE, ranges: RANGES, declared: [] },
  ],
  [
    'take 9090/TCP out of portlock.dev/closed-ports, or accept it with kubectl annotate deployment web -n shop portlock.dev/accept-cuts=9090/TCP --overwrite',
    CLOSED,
  ],
  ['take 9090/TCP out of portlock.dev/closed-ports', { ...CLOSED, declared: [] }],
  [BY_ANNOTATION, { ...NONE, closedPorts: [{ port: 9090, protocol: 'UDP' }] }],
])('beside ranges and closed ports: %s', (line, listed) => {
  expect(fixOf(cut({ isDeclarable: false }), undefined, listed)).toBe(line);
});

test.each([
  [['a'], 'as a isolates the pods already'],
  [['a', 'b', 'c', 'd'], 'as a, b, c and 1 more isolate the pods already'],
])('of pods that %j isolate nothing waits', (policies, words) => {
  expect(fixOfIsolated(policies)).toContain(words);
});

test('an annotation is given with what it lists already, and each port once', () => {
  expect(fixOf(cut({ isDeclarable: false }), undefined, LISTED)).toBe(
    'run kubectl annotate deployment web -n shop portlock.dev/extra-ports=1/UDP,9090/TCP --overwrite, or accept it with kubectl annotate deployment web -n shop portlock.dev/accept-cuts=9090/TCP --overwrite',
  );
});

describe('of users who are not let in', () => {
  const PROMETHEUS: Source = { kind: 'pods', whose: 'Prometheus', namespace: 'monitoring' };
  const OUTSIDE: Source = { kind: 'outside', by: 'NodePort' };
  const CONTROLLER = podsOf('the ingress controller');
  const GATEWAY = podsOf('the gateway');
  const ACCEPT =
    ', or accept it with kubectl annotate deployment web -n shop portlock.dev/accept-cuts=9090/TCP --overwrite';
  const fix = (allowFrom: string, sources: Source[], fields: Partial<Cut> = {}) =>
    fixOf(
      cut({
        isDeclared: true,
        sources: new Map(sources.map((source) => [sourceInWords(source), source])),
        ...fields,
      }),
      'app',
      { ...NONE, allowFrom: parseAllowFrom(allowFrom) },
    );

  test.each<[string, Source[], string, string?]>([
    ['same-namespace', [API_SERVER], 'same-namespace;9090/TCP=any'],
    ['same-namespace;80/TCP=any', [OUTSIDE], 'same-namespace;80/TCP=any;9090/TCP=any'],
    ['9090/TCP=same-namespace', [PROMETHEUS], '9090/TCP=same-namespace,namespace/monitoring'],
    ['namespace/a', [PROMETHEUS], 'namespace/a;9090/TCP=namespace/a,namespace/monitoring'],
    ['namespace/a', [PROMETHEUS, API_SERVER], 'namespace/a;9090/TCP=any'],
    ['namespace/a', [PEERS], 'namespace/a;9090/TCP=same-namespace,namespace/a'],
    // Where one of them needs everybody, the others need not be looked for.
    ['namespace/a', [CONTROLLER, API_SERVER], 'namespace/a;9090/TCP=any'],
    [
      'namespace/a',
      [CONTROLLER, GATEWAY],
      'namespace/a;9090/TCP=any',
      ' (or, in place of any, namespace/NAME of where the gateway and the ingress controller runs, unless that is on the network of a node)',
    ],
  ])('by %s, an entry for the port lets them in: %j', (allowFrom, sources, value, note = '') => {
    expect(fix(allowFrom, sources)).toBe(
      `run ${annotate(WEB, 'portlock.dev/allow-from', value)}${note}${ACCEPT}`,
    );
  });

  test('of a port that is to be declared, both are said', () => {
    expect(fix('same-namespace', [API_SERVER], { isDeclared: false })).toBe(
      `declare containerPort 9090 in container app, or run kubectl annotate deployment web -n shop portlock.dev/extra-ports=9090/TCP --overwrite, and with that run kubectl annotate deployment web -n shop 'portlock.dev/allow-from=same-namespace;9090/TCP=any' --overwrite${ACCEPT}`,
    );
  });

  test('only in another namespace, the owner is to ask there first', () => {
    const found = {
      ...cut({ isDeclared: true, sources: new Map([['', PROMETHEUS]]) }),
      namespaces: ['monitoring'],
    };
    expect(
      fixOfOutside(found, 'holds', { ...NONE, allowFrom: parseAllowFrom('same-namespace') }),
    ).toBe(
      "only namespace monitoring refers to it: ask there whether it is meant, and if it is run kubectl annotate deployment web -n shop 'portlock.dev/allow-from=same-namespace;9090/TCP=same-namespace,namespace/monitoring' --overwrite, or accept the cut with kubectl annotate deployment web -n shop portlock.dev/accept-cuts=9090/TCP --overwrite",
    );
  });
});

describe('of a port that only other namespaces refer to', () => {
  const fix = (verdict: OutsideVerdict, count = 1, port: PortReference = 9090) => {
    const namespaces = ['a', 'b', 'c', 'd', 'e'].slice(0, count);
    return fixOfOutside({ ...cut({ port }), namespaces }, verdict, NONE);
  };

  test.each<[number, string]>([
    [1, 'only namespace a refers'],
    [2, 'only namespaces a, b refers'],
    [3, 'only namespaces a, b, c refers'],
    [5, 'only namespaces a, b, c and 2 more refers'],
  ])('%i of them are named', (count, words) => {
    expect(fix('holds', count)).toContain(words);
  });

  test('the owner may ask, or accept the cut, and never is told to open it', () => {
    expect(fix('holds')).toContain(
      'or accept the cut with kubectl annotate deployment web -n shop portlock.dev/accept-cuts=9090/TCP --overwrite',
    );
    for (const verdict of ['holds', 'refused', 'tooMany'] as const)
      expect(fix(verdict)).not.toMatch(/extra-ports|allow-from/);
  });

  test('it is said why nothing waits for it', () => {
    expect(fix('refused')).toContain('every ready pod refused a connection');
    expect(fix('tooMany')).toMatch(/as namespace a named more than \d+ undeclared ports/);
    expect(fix('holds', 1, 'http')).toBe(
      'only namespace a refers to it, by a name that no container has',
    );
  });
});
