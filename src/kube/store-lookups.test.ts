import { expect, test } from 'vitest';
import { Store } from './store.ts';

interface Thing {
  name: string;
  colours: string[];
  size: string;
}

function create() {
  const store = new Store<Thing, 'colour' | 'size'>({
    indices: { colour: ({ colours }) => colours, size: ({ size }) => [size] },
    onDefect: (error) => {
      throw error;
    },
  });
  const set = (name: string, resourceVersion: string, size: string, ...colours: string[]) =>
    store.set({ key: name, uid: `uid-${name}`, resourceVersion }, { name, size, colours }, 'watch');
  return { store, set };
}

test('knows of an object its uid and resourceVersion, and of none that is not there', () => {
  const { store, set } = create();
  set('a', '7', 'S');
  expect([store.uid('a'), store.resourceVersion('a')]).toEqual(['uid-a', '7']);
  expect([store.uid('b'), store.resourceVersion('b'), store.get('b')]).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
  expect([...store.keys()]).toEqual(['a']);
});

test('finds and counts by one index what another has under the same value', () => {
  const { store, set } = create();
  set('a', '1', 'S', 'red', 'blue');
  set('b', '2', 'red', 'blue');
  expect(store.byIndex('colour', 'red').map(({ name }) => name)).toEqual(['a']);
  expect(store.byIndex('size', 'red').map(({ name }) => name)).toEqual(['b']);
  expect(store.countByIndex('colour', 'blue')).toBe(2);
  expect(store.countByIndex('colour', 'red')).toBe(1);
  expect(store.countByIndex('size', 'S')).toBe(1);
  expect(store.countByIndex('size', 'blue')).toBe(0);
});

test('counts go down with what changes and goes, to nothing', () => {
  const { store, set } = create();
  set('a', '1', 'S', 'red');
  set('b', '2', 'S', 'red');
  set('a', '3', 'S', 'green');
  expect(store.countByIndex('colour', 'red')).toBe(1);
  store.delete('b', 'watch');
  expect(store.countByIndex('colour', 'red')).toBe(0);
  expect(store.byIndex('colour', 'red')).toEqual([]);
  expect(store.countByIndex('size', 'S')).toBe(1);
});

test('finds nothing by an index that nobody has made', () => {
  const store = new Store<Thing, 'colour'>({ onDefect: () => {} });
  store.set({ key: 'a', uid: 'u', resourceVersion: '1' }, {} as Thing, 'list');
  expect(store.byIndex('colour', 'red')).toEqual([]);
  expect(store.countByIndex('colour', 'red')).toBe(0);
});

test('has observed nothing that cannot be ordered', () => {
  const { store } = create();
  store.observe('10');
  expect(store.hasObserved('9')).toBe(true);
  expect(store.hasObserved('x')).toBe(false);
  store.observe('x');
  expect(store.hasObserved('1')).toBe(false);
});

test('an object is its own model, and a new one has one that is under the same value', () => {
  const store = new Store<Thing, 'colour' | 'size'>({
    indices: { size: ({ size }) => [size], colour: ({ colours }) => colours },
    alike: 'colour',
    onDefect: () => {},
  });
  const a = { name: 'a', size: 'S', colours: ['red'] };
  const b = { name: 'b', size: 'S', colours: ['blue'] };
  for (const each of [a, b])
    store.set({ key: each.name, uid: each.name, resourceVersion: '1' }, each, 'list');
  const like = (size: string, ...colours: string[]) => ({ name: 'new', size, colours });
  expect(store.model('a', like('S', 'blue'))).toBe(a);
  expect(store.model('new', like('S', 'blue'))).toBe(b);
  expect(store.model('new', like('S', 'green'))).toBeUndefined();
  expect(store.model('new', like('S'))).toBeUndefined();
});

test('a new object has no model where no index says which are alike', () => {
  const { store, set } = create();
  set('a', '1', 'S', 'red');
  const value = { name: 'new', size: 'S', colours: ['red'] };
  expect(store.model('new', value)).toBeUndefined();
  expect(store.model('a', value)?.name).toBe('a');
});

test('what is known beforehand of an object is asked of who says so', () => {
  const { store } = create();
  const identity = { key: 'a', uid: 'u', resourceVersion: '7' };
  expect(store.foretold(identity)).toBeUndefined();
  const written = { name: 'a', size: 'S', colours: [] };
  store.foretellBy((key, version) => (key === 'a' && version === '7' ? written : undefined));
  expect(store.foretold(identity)).toBe(written);
  expect(store.foretold({ ...identity, resourceVersion: '8' })).toBeUndefined();
});

test('one reflector of all namespaces has observed each of them', () => {
  const { store } = create();
  store.observe('10');
  expect(store.hasObserved('10', 'shop/web')).toBe(true);
  store.observe('12', 'shop');
  expect(store.hasObserved('12', 'shop/web')).toBe(true);
  expect(store.hasObserved('12', 'pay/web')).toBe(false);
});
