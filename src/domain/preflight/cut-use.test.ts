import { describe, expect, test } from 'vitest';
import { parseAllowFrom, UNSAID } from '../workload/allow-from.ts';
import { type Allowed, type CutUse, cutUses } from './cut-use.ts';
import type { PortUse } from './port-use.ts';
import { ANYBODY, KUBELET, podsOf } from './source.ts';

const PROMETHEUS = podsOf('Prometheus');

const allowed: Allowed = {
  declared: [{ port: 8080, protocol: 'TCP', containers: ['app'] }],
  ranges: [{ first: 30_000, last: 30_009, protocol: 'UDP' }],
  allowFrom: UNSAID,
  namespace: 'shop',
};
const use = (fields: Partial<PortUse> = {}): PortUse => ({
  port: 9090,
  protocol: 'TCP',
  user: 'Service shop/web port 80',
  source: ANYBODY,
  ...fields,
});
const cut = (uses: readonly PortUse[], changes: Partial<Allowed> = {}) =>
  cutUses(uses, { ...allowed, ...changes });
const only = (uses: readonly PortUse[], changes: Partial<Allowed> = {}): CutUse => {
  const [found, ...more] = cut(uses, changes);
  expect(more).toEqual([]);
  if (!found) throw new Error('nothing is cut off');
  return found;
};

describe('what is cut off', () => {
  test.each<[string, Partial<PortUse>, boolean]>([
    ['a declared port', { port: 8080 }, false],
    ['its number with another protocol', { port: 8080, protocol: 'UDP' }, true],
    ['a port that nobody declares', {}, true],
    ['a name that no container has', { port: 'metrics' }, true],
    ['a name that reads as a declared number', { port: '8080' }, true],
    ['the first of a range', { port: 30_000, protocol: 'UDP' }, false],
    ['the last of a range', { port: 30_009, protocol: 'UDP' }, false],
    ['the one before a range', { port: 29_999, protocol: 'UDP' }, true],
    ['the one after a range', { port: 30_010, protocol: 'UDP' }, true],
    ['a range’s number with another protocol', { port: 30_000 }, true],
  ])('%s: %j, %s', (_what, fields, isCut) => {
    expect(cut([use(fields)]).map(({ port, protocol }) => [port, protocol])).toEqual(
      isCut ? [[fields.port ?? 9090, fields.protocol ?? 'TCP']] : [],
    );
  });

  test('is a declared port where its source is not let in, and only for that source', () => {
    const allowFrom = parseAllowFrom('same-namespace');
    const uses = [
      use({ port: 8080, user: 'ServiceMonitor shop/web', source: PROMETHEUS }),
      use({ port: 8080, user: 'Pod shop/web', source: KUBELET }),
    ];
    const found = only(uses, { allowFrom });
    expect(found.isDeclared).toBe(true);
    expect([...found.users]).toEqual(['ServiceMonitor shop/web']);
    expect([...found.sources.values()]).toEqual([PROMETHEUS]);
  });

  test('is an undeclared port with whomever connects, of whom those let in are none to let in', () => {
    const allowFrom = parseAllowFrom('same-namespace');
    const uses = [use({ user: 'a', source: PROMETHEUS }), use({ user: 'b', source: KUBELET })];
    const found = only(uses, { allowFrom });
    expect(found.isDeclared).toBe(false);
    expect([...found.users]).toEqual(['a', 'b']);
    expect([...found.sources.values()]).toEqual([PROMETHEUS]);
  });

  test('is told once a port and protocol, a number apart from the name that reads like it', () => {
    const uses = [use(), use({ port: '9090' }), use({ protocol: 'UDP' }), use()];
    expect(cut(uses).map(({ port, protocol }) => [port, protocol])).toEqual([
      [9090, 'TCP'],
      ['9090', 'TCP'],
      [9090, 'UDP'],
    ]);
  });
});

describe('what is known of it', () => {
  test.each<[string, PortUse[], boolean]>([
    ['one', [use()], true],
    ['none of one', [use({ undeclarable: true })], false],
    ['one of two', [use({ undeclarable: true }), use()], true],
    ['one of two, in the other order', [use(), use({ undeclarable: true })], true],
    ['none of two', [use({ undeclarable: true }), use({ undeclarable: true })], false],
  ])('a container may declare it where %s may be meant by a use', (_what, uses, expected) => {
    expect(only(uses).isDeclarable).toBe(expected);
  });

  test.each<[string, PortUse[], boolean]>([
    ['one is', [use({ mayBeUnserved: true })], true],
    ['one is not', [use()], false],
    ['both are', [use({ mayBeUnserved: true }), use({ mayBeUnserved: true })], true],
    ['only the first is', [use({ mayBeUnserved: true }), use()], false],
    ['only the second is', [use(), use({ mayBeUnserved: true })], false],
  ])(
    'nothing need listen where all uses are of ports never called: %s',
    (_what, uses, expected) => {
      expect(only(uses).mayBeUnserved).toBe(expected);
    },
  );

  test('the containers that uses mean, each once', () => {
    const uses = ['app', undefined, 'proxy', 'app'].map((container) =>
      use(container === undefined ? {} : { container }),
    );
    expect([...only(uses).containers]).toEqual(['app', 'proxy']);
  });

  test('of another namespace, who and whom, and nothing that would mend it', () => {
    const allowFrom = parseAllowFrom('same-namespace');
    const found = only(
      [use({ outside: 'bank', source: PROMETHEUS, container: 'app', user: 'Route bank/a' })],
      { allowFrom },
    );
    expect(found).toMatchObject({ isInside: false, isDeclarable: false, mayBeUnserved: true });
    expect([...found.namespaces]).toEqual(['bank']);
    expect([...found.users]).toEqual(['Route bank/a']);
    expect(found.containers.size).toBe(0);
    expect(found.sources.size).toBe(0);
    expect([...found.outsideSources.values()]).toEqual([PROMETHEUS]);
  });

  test('a use inside beside one of another namespace is one inside', () => {
    const found = only([use({ outside: 'bank' }), use()]);
    expect(found).toMatchObject({ isInside: true, isDeclarable: true, mayBeUnserved: false });
    expect([...found.namespaces]).toEqual(['bank']);
  });
});
