import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isUnderstood, readTieredPolicy } from './read-tiered-policy.ts';
import type { TieredPolicy } from './tiered-policy.ts';

const selector = {
  matchLabels: { team: 'a' },
  matchExpressions: [{ key: 'tier', operator: 'In', values: ['x'] }],
};
const pods = { namespaceSelector: selector, podSelector: selector };
const ports = [
  { portNumber: { protocol: 'TCP', port: 1 } },
  { portRange: { protocol: 'TCP', start: 1, end: 2 } },
  { namedPort: 'http' },
];
const protocols = [
  { tcp: { destinationPort: { number: 1 } } },
  { udp: { destinationPort: { range: { start: 1, end: 2 } } } },
  { sctp: {} },
  { destinationNamedPort: 'http' },
];
const from = [{ namespaces: selector }, { pods }];

/** Every field that there is. */
const POLICIES: Record<string, object> = {
  AdminNetworkPolicy: {
    priority: 1,
    subject: { namespaces: selector },
    ingress: [{ name: 'first', action: 'Allow', from, ports }],
    egress: [{ anything: {} }],
  },
  BaselineAdminNetworkPolicy: {
    subject: { pods },
    ingress: [{ name: 'first', action: 'Deny', from, ports }],
    egress: [{ anything: {} }],
  },
  ClusterNetworkPolicy: {
    tier: 'Admin',
    priority: 1,
    subject: { pods },
    ingress: [{ name: 'first', action: 'Pass', from, protocols }],
    egress: [{ anything: {} }],
  },
};
const read = (kind: string, spec: unknown) =>
  readTieredPolicy({ apiVersion: '', kind, metadata: { name: 'a' }, spec } as TieredPolicy);

/** Nothing that these fields hold is read, and labels are of anybody. */
const OPEN = ['egress', 'matchLabels', 'name'];

/** The value once with a field more in each of its objects. */
function withOneMore(value: unknown): unknown[] {
  if (Array.isArray(value))
    return value.flatMap((each, index) =>
      withOneMore(each).map((other) => value.with(index, other)),
    );
  if (typeof value !== 'object' || value === null) return [];
  return [
    { ...value, later: {} },
    ...Object.entries(value).flatMap(([key, field]) =>
      OPEN.includes(key) ? [] : withOneMore(field).map((other) => ({ ...value, [key]: other })),
    ),
  ];
}

describe.each(Object.entries(POLICIES))('%s', (kind, spec) => {
  test('is understood', () => {
    expect(isUnderstood(read(kind, spec))).toBe(true);
  });

  test('is not understood with one field more, wherever it is', () => {
    const others = withOneMore(spec);
    expect(others.length).toBeGreaterThan(15);
    for (const each of others)
      expect([each, isUnderstood(read(kind, each))]).toEqual([each, false]);
  });
});

test.each<[string, object]>([
  ['an empty port', { ports: [{}] }],
  ['a port with two fields', { ports: [{ namedPort: 'http', portNumber: { port: 1 } }] }],
  [
    'a destinationPort with two',
    { protocols: [{ tcp: { destinationPort: { number: 1, range: { start: 1, end: 2 } } } }] },
  ],
  ['a number that is a text', { ports: [{ portNumber: { port: '1' } }] }],
  ['a peer of the first releases', { from: [{ pods: { namespaces: {}, podSelector: {} } }] }],
  ['a list that is none', { from: { namespaces: {} } }],
  ['both lists of ports', { ports, protocols }],
  ['an action that is not known', { action: 'Log' }],
])('%s is not understood', (_name, fields) => {
  const rule = { action: 'Deny', from, ...fields };
  const spec = { priority: 1, subject: { namespaces: {} }, ingress: [rule] };
  expect(isUnderstood(read('AdminNetworkPolicy', spec))).toBe(false);
});

test.each<[string, string, object]>([
  ['a tier that is not known', 'ClusterNetworkPolicy', { tier: 'Middle', priority: 1 }],
  ['no tier', 'ClusterNetworkPolicy', { priority: 1 }],
  ['no priority', 'AdminNetworkPolicy', {}],
  ['a priority that is no number', 'AdminNetworkPolicy', { priority: 'first' }],
])('%s: it is not known when it is asked', (_name, kind, fields) => {
  expect(read(kind, { subject: { namespaces: {} }, ...fields }).tier).toBeUndefined();
});

test('whatever it is, it can be read', () => {
  fc.assert(
    fc.property(fc.constantFrom(...Object.keys(POLICIES)), fc.anything(), (kind, spec) => {
      expect(read(kind, spec).name).toBe(`${kind}/a`);
      expect(read(kind, { ...POLICIES[kind], ingress: [spec], subject: spec }).rules).toHaveLength(
        1,
      );
      expect(read(kind, { ...POLICIES[kind], ingress: spec })).toBeDefined();
    }),
  );
});
