import { describe, expect, test } from 'vitest';
import { port } from '../../testing/builders.ts';
import type { Match } from '../match/match.ts';
import { holds, podMatch, portsMatch, rangesOn, sourceMatch } from './tier-match.ts';
import type { PodSelection } from './tiered-policy.ts';

const SHOP = { namespaceLabels: { team: 'shop' }, labels: { app: 'web' } };
const shop = { matchLabels: { team: 'shop' } };
const bank = { matchLabels: { team: 'bank' } };
const web = { matchLabels: { app: 'web' } };
const other = { matchLabels: { app: 'other' } };

describe('a pod of the namespace shop', () => {
  test.each<[string, PodSelection | undefined, Match]>([
    ['what cannot be read may hold it', undefined, 'Unknown'],
    ['all namespaces hold it', { namespaces: {} }, 'Yes'],
    ['its namespace holds it', { namespaces: shop }, 'Yes'],
    ['another does not', { namespaces: bank }, 'No'],
    ['all pods hold it', { pods: { namespaceSelector: {}, podSelector: {} } }, 'Yes'],
    ['pods without a selector, too', { pods: {} }, 'Yes'],
    ['its labels alone hold it', { pods: { podSelector: web } }, 'Yes'],
    ['its namespace and labels do', { pods: { namespaceSelector: shop, podSelector: web } }, 'Yes'],
    ['its labels elsewhere do not', { pods: { namespaceSelector: bank, podSelector: web } }, 'No'],
    ['other labels there do not', { pods: { namespaceSelector: shop, podSelector: other } }, 'No'],
  ])('%s', (_what, selection, expected) => {
    expect(podMatch(selection, SHOP)).toBe(expected);
    expect(sourceMatch({ ...SHOP, ips: [] })(selection)).toBe(expected);
  });
});

test('an address without labels is no pod, which only what cannot be read may hold', () => {
  const match = sourceMatch({ ips: ['10.0.0.1'] });
  expect(match({ namespaces: {} })).toBe('No');
  expect(match(undefined)).toBe('Unknown');
});

test('a pod in a namespace of which no label is known is held by all namespaces alone', () => {
  const match = sourceMatch({ labels: {}, ips: [] });
  expect([match({ namespaces: {} }), match({ namespaces: shop })]).toEqual(['Yes', 'No']);
});

const target = {
  namespace: 'shop',
  labels: {},
  ports: [
    { ...port(8080), name: 'http' },
    { ...port(53, 'UDP'), name: 'dns' },
    { ...port(5353), name: 'dns' },
  ],
};
const range = { protocol: 'TCP', first: 8000, last: 8100 } as const;

test.each<[string, Parameters<typeof portsMatch>[0], number, Match]>([
  ['no ports are all ports', [], 1, 'Yes'],
  ['a range holds its first', [range], 8000, 'Yes'],
  ['a range holds its last', [range], 8100, 'Yes'],
  ['not the one before', [range], 7999, 'No'],
  ['nor the one after', [range], 8101, 'No'],
  ['nor a port of another protocol', [{ ...range, protocol: 'UDP' }], 8000, 'No'],
  ['a name holds the port that has it', [{ name: 'http' }], 8080, 'Yes'],
  ['and no other', [{ name: 'http' }], 8081, 'No'],
  ['of a name for two ports, that of the protocol', [{ name: 'dns' }], 5353, 'Yes'],
  ['and not the number of the other', [{ name: 'dns' }], 53, 'No'],
  ['a name that no container has holds none', [{ name: 'none' }], 8080, 'No'],
  ['what cannot be read may hold it', [undefined], 8080, 'Unknown'],
  ['beside what holds it', [undefined, range], 8080, 'Yes'],
  ['one of two is enough', [{ name: 'none' }, range], 8080, 'Yes'],
])('%s', (_what, ports, number, expected) => {
  expect(portsMatch(ports, target, number, 'TCP')).toBe(expected);
});

test('a name stands for the ports of all protocols that have it, a range for itself', () => {
  expect(rangesOn(target, { name: 'dns' })).toEqual([
    { protocol: 'UDP', first: 53, last: 53 },
    { protocol: 'TCP', first: 5353, last: 5353 },
  ]);
  expect(rangesOn(target, range)).toEqual([range]);
  expect(holds(range, 8050, 'TCP')).toBe(true);
});
