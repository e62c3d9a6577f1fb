import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Change, Store } from './store.ts';

interface Thing {
  name: string;
  colours: string[];
}

function thing(name: string, ...colours: string[]): Thing {
  return { name, colours };
}

function createStore(): {
  store: Store<Thing, 'colour'>;
  changes: Change<Thing>[];
  defects: unknown[];
} {
  const defects: unknown[] = [];
  const changes: Change<Thing>[] = [];
  const store = new Store<Thing, 'colour'>({
    indices: { colour: ({ colours }) => colours },
    onDefect: (error) => defects.push(error),
  });
  store.addListener((change) => changes.push(change));
  return { store, changes, defects };
}

const first = { key: 'ns/a', uid: '1', resourceVersion: '10' };

describe('Store', () => {
  it('tells listeners what was and what is', () => {
    const { store, changes } = createStore();
    store.set(first, thing('a', 'red'), 'list');
    store.set({ ...first, resourceVersion: '11' }, thing('a', 'blue'), 'watch');
    store.delete('ns/a', 'watch');
    store.delete('ns/a', 'watch');
    expect(changes).toEqual([
      { type: 'added', key: 'ns/a', source: 'list', current: thing('a', 'red') },
      {
        type: 'updated',
        key: 'ns/a',
        source: 'watch',
        previous: thing('a', 'red'),
        current: thing('a', 'blue'),
      },
      { type: 'deleted', key: 'ns/a', source: 'watch', previous: thing('a', 'blue') },
    ]);
    expect(store.list()).toEqual([]);
  });

  it('takes the same resourceVersion for no change', () => {
    const { store, changes } = createStore();
    store.set(first, thing('a'), 'list');
    store.set(first, thing('other'), 'list');
    expect(changes).toHaveLength(1);
    expect(store.get('ns/a')).toEqual(thing('a'));
  });

  it('takes a new uid for a deletion and an addition', () => {
    const { store, changes } = createStore();
    store.set(first, thing('old'), 'list');
    store.set({ ...first, uid: '2', resourceVersion: '20' }, thing('new'), 'list');
    expect(changes.map(({ type }) => type)).toEqual(['added', 'deleted', 'added']);
    expect(store.get('ns/a')).toEqual(thing('new'));
  });

  it('shows listeners the state after the change', () => {
    const { store } = createStore();
    const seen: unknown[] = [];
    store.addListener(({ key }) =>
      seen.push(store.get(key), store.byIndex('colour', 'red').length),
    );
    store.set(first, thing('a', 'red'), 'watch');
    store.delete('ns/a', 'watch');
    expect(seen).toEqual([thing('a', 'red'), 1, undefined, 0]);
  });

  it('goes on when a listener throws', () => {
    const { store, defects } = createStore();
    const seen: string[] = [];
    store.addListener(() => {
      throw new Error('mistake');
    });
    store.addListener(({ key }) => seen.push(key));
    store.set(first, thing('a'), 'watch');
    expect(seen).toEqual(['ns/a']);
    expect(defects).toEqual([new Error('mistake')]);
  });

  it('no longer calls a listener that was taken off', () => {
    const { store } = createStore();
    const seen: string[] = [];
    const remove = store.addListener(({ key }) => seen.push(key));
    remove();
    store.set(first, thing('a'), 'watch');
    expect(seen).toEqual([]);
  });

  it('knows up to where it has seen everything', () => {
    const { store } = createStore();
    expect(store.hasObserved('1')).toBe(false);
    store.observe('99');
    expect(store.hasObserved('99')).toBe(true);
    expect(store.hasObserved('100')).toBe(false);
  });

  it('finds by index what a search through all objects finds', () => {
    const colour = fc.constantFrom('red', 'green', 'blue');
    const step = fc.record({
      name: fc.constantFrom('a', 'b', 'c', 'd'),
      colours: fc.option(fc.uniqueArray(colour)),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const { store } = createStore();
        for (const [index, { name, colours }] of steps.entries()) {
          const resourceVersion = String(index);
          if (colours === null) store.delete(name, 'watch');
          else
            store.set({ key: name, uid: name, resourceVersion }, thing(name, ...colours), 'watch');
          for (const sought of ['red', 'green', 'blue']) {
            const found = store.byIndex('colour', sought).map((each) => each.name);
            const expected = store.list().filter((each) => each.colours.includes(sought));
            expect(found.sort()).toEqual(expected.map((each) => each.name).sort());
          }
        }
      }),
    );
  });
});
