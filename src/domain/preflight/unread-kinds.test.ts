import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { UNREAD_DEFINITIONS, unreadKinds, unreadNotes } from './unread-kinds.ts';

test('a kind that nobody reads is named with its group, where it is defined', () => {
  const defined = ['virtualservices.gateway.solo.io', 'virtualservices.networking.istio.io'];
  expect(unreadKinds((name) => defined.includes(name))).toEqual([
    'VirtualService (gateway.solo.io)',
  ]);
  const all = unreadKinds(() => true);
  expect(all).toEqual([...all].sort());
  expect(all).toHaveLength(UNREAD_DEFINITIONS.length);
});

test('six of them are named, and nothing is said of none', () => {
  const note = (...unread: string[]) => unreadNotes(unread);
  expect(note()).toEqual([]);
  expect(note('A', 'B')[0]).toMatch(/not read: A, B$/);
  expect(note('A', 'B', 'C', 'D', 'E', 'F')[0]).toMatch(/E, F$/);
  expect(note('A', 'B', 'C', 'D', 'E', 'F', 'G', 'H')[0]).toMatch(/E, F and 2 more$/);
});

test('each is in the documentation', () => {
  const page = readFileSync(new URL('../../../docs/preflight.md', import.meta.url), 'utf8');
  const missing = unreadKinds(() => true)
    .map((each) => each.replace(/ .*/, ''))
    .filter((kind) => !new RegExp(`\\b${kind}\\b`).test(page));
  expect(missing).toEqual([]);
});

test.each([
  'middlewares.traefik.io',
  'securitypolicies.gateway.envoyproxy.io',
  'envoyfilters.networking.istio.io',
  'kongplugins.configuration.konghq.com',
  'ingresses.networking.internal.knative.dev',
])('%s is told', (definition) => {
  expect(unreadKinds((name) => name === definition)).toHaveLength(1);
});

test.each(UNREAD_DEFINITIONS)('%s is told by its kind, of which the name is the plural', (name) => {
  const [told = ''] = unreadKinds((each) => each === name);
  const [, kind = '', group = ''] = /^(\w+) \((.+)\)$/.exec(told) ?? [];
  const [plural = ''] = name.split('.');
  expect(name).toBe(`${plural}.${group}`);
  expect(
    [`${kind}s`, `${kind}es`, kind.replace(/y$/, 'ies')].map((each) => each.toLowerCase()),
  ).toContain(plural);
});
