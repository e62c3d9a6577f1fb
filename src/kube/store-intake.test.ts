import { describe, expect, test } from 'vitest';
import type { KubernetesObject } from './resource.ts';
import { Store } from './store.ts';
import { isNotNewer, StoreIntake } from './store-intake.ts';
import type { WatchEventType } from './watch-events.ts';

/** What a pod with `spec.wrong` tells, and one with `spec.throws` is refused for; `spec.hidden` keeps nothing. */
interface Spec {
  wrong?: string[];
  throws?: string;
  hidden?: boolean;
}

function create() {
  const told: string[] = [];
  const store = new Store<string>({ onDefect: (error) => told.push(String(error)) });
  const changes: string[] = [];
  store.addListener(({ type, key, source }) => changes.push(`${type} ${key} ${source}`));
  const intake = new StoreIntake<string, never>({
    store,
    project: (object, onMalformed) => {
      const { spec } = object as { spec?: Spec };
      for (const field of spec?.wrong ?? []) onMalformed(field);
      if (spec?.throws !== undefined) throw new Error(spec.throws);
      return spec?.hidden
        ? undefined
        : `${object.metadata.name}@${object.metadata.resourceVersion}`;
    },
    onMalformed: (key, wrong) => told.push(`${key}: ${wrong}`),
  });
  const event = (type: WatchEventType, object: KubernetesObject) =>
    intake.watched({ type, object });
  return { intake, store, changes, told, event };
}

function pod(resourceVersion: string, spec: Spec = {}, uid = 'u'): KubernetesObject {
  const metadata = { namespace: 'ns', name: 'a', uid, resourceVersion };
  return { metadata, spec } as KubernetesObject;
}

describe('an object of a list', () => {
  test('is kept under its key, which is returned', () => {
    const { intake, store, changes } = create();
    expect(intake.listed(pod('3'))).toBe('ns/a');
    expect(store.get('ns/a')).toBe('a@3');
    expect(store.uid('ns/a')).toBe('u');
    expect(store.resourceVersion('ns/a')).toBe('3');
    expect(changes).toEqual(['added ns/a list']);
  });

  test('is kept under its name where there are no namespaces', () => {
    const { intake, store } = create();
    expect(intake.listed({ metadata: { name: 'node', uid: 'u', resourceVersion: '1' } })).toBe(
      'node',
    );
    expect(store.get('node')).toBe('node@1');
  });

  test('is taken without uid and resourceVersion, which are empty then', () => {
    const { intake, store } = create();
    expect(intake.listed({ metadata: { name: 'a' } })).toBe('a');
    expect(store.uid('a')).toBe('');
    expect(store.resourceVersion('a')).toBe('');
  });

  test('is taken even where it is older: the server may have gone back', () => {
    const { intake, store } = create();
    intake.listed(pod('9'));
    intake.listed(pod('4'));
    expect(store.get('ns/a')).toBe('a@4');
  });

  test('that the projection drops is gone, and its key is returned all the same', () => {
    const { intake, store, changes } = create();
    intake.listed(pod('3'));
    expect(intake.listed(pod('4', { hidden: true }))).toBe('ns/a');
    expect(store.get('ns/a')).toBeUndefined();
    expect(changes).toEqual(['added ns/a list', 'deleted ns/a list']);
  });

  test('that cannot be read still has its key, so that it is not taken for deleted', () => {
    const { intake, store, told } = create();
    intake.listed(pod('3'));
    expect(intake.listed(pod('4', { throws: 'spec.selector' }))).toBe('ns/a');
    expect(store.get('ns/a')).toBe('a@3');
    expect(told).toEqual(['ns/a: spec.selector']);
  });

  test('that cannot be read and came in the place of another leaves nothing of that', () => {
    const { intake, store, changes } = create();
    intake.listed(pod('3'));
    intake.listed(pod('4', { throws: 'spec' }, 'another'));
    expect(store.get('ns/a')).toBeUndefined();
    expect(changes).toEqual(['added ns/a list', 'deleted ns/a list']);
  });

  test.each<[unknown, string]>([
    [null, '(all of it)'],
    ['pod', '(all of it)'],
    [[], '(all of it)'],
    [{}, 'metadata'],
    [{ metadata: null }, 'metadata'],
    [{ metadata: 'a' }, 'metadata'],
    [{ metadata: [] }, 'metadata'],
    [{ metadata: {} }, 'metadata.name'],
    [{ metadata: { name: null } }, 'metadata.name'],
    [{ metadata: { name: 7 } }, 'metadata.name'],
    [{ metadata: { name: 'a', namespace: {} } }, 'metadata.namespace'],
    [{ metadata: { name: 'a', uid: 7 } }, 'metadata.uid'],
    [{ metadata: { name: 'a', resourceVersion: 7 } }, 'metadata.resourceVersion'],
  ])('that nobody can name is told and has no key: %j', (object, wrong) => {
    const { intake, changes, told } = create();
    expect(intake.listed(object as KubernetesObject)).toBeUndefined();
    expect(told).toEqual([`: ${wrong}`]);
    expect(changes).toEqual([]);
  });
});

describe('an event', () => {
  test('adds, updates and deletes, as by a watch', () => {
    const { event, store, changes } = create();
    event('ADDED', pod('3'));
    event('MODIFIED', pod('4'));
    expect(store.get('ns/a')).toBe('a@4');
    event('DELETED', pod('5'));
    expect(changes).toEqual(['added ns/a watch', 'updated ns/a watch', 'deleted ns/a watch']);
  });

  test.each<[string, WatchEventType, string]>([
    ['older', 'MODIFIED', '9'],
    ['the same', 'MODIFIED', '10'],
    ['an older deletion', 'DELETED', '9'],
  ])('that is %s than what a list brought changes nothing', (_, type, resourceVersion) => {
    const { event, intake, store } = create();
    intake.listed(pod('10'));
    event(type, pod(resourceVersion));
    expect(store.get('ns/a')).toBe('a@10');
  });

  test('of a resourceVersion that nobody can order is taken', () => {
    const { event, intake, store } = create();
    intake.listed(pod('10'));
    event('MODIFIED', pod('abc'));
    expect(store.get('ns/a')).toBe('a@abc');
  });

  test('that deletes what the projection cannot read deletes it', () => {
    const { event, store, told } = create();
    event('ADDED', pod('3'));
    event('DELETED', pod('4', { throws: 'spec' }));
    expect(store.get('ns/a')).toBeUndefined();
    expect(told).toEqual([]);
  });

  test('about what nobody can name is told, and changes nothing', () => {
    const { event, store, told } = create();
    event('ADDED', pod('3'));
    event('DELETED', { metadata: { namespace: 'ns', resourceVersion: '4' } } as KubernetesObject);
    expect(store.get('ns/a')).toBe('a@3');
    expect(told).toEqual([': metadata.name']);
  });

  test('tells all that is wrong with an object at once, what it was refused for last', () => {
    const { event, told } = create();
    event('ADDED', pod('3', { wrong: ['spec.x', 'spec.y'], throws: 'spec.z' }));
    event('ADDED', pod('4', { wrong: ['spec.x'] }));
    event('ADDED', pod('5'));
    expect(told).toEqual(['ns/a: spec.x, spec.y, spec.z', 'ns/a: spec.x']);
  });
});

test.each([
  ['9', '10', true],
  ['10', '10', true],
  ['11', '10', false],
  ['11', undefined, false],
  ['x', '10', false],
  ['10', 'x', false],
])('%s is not newer than %s: %s', (resourceVersion, than, expected) => {
  expect(isNotNewer(resourceVersion, than)).toBe(expected);
});

test('what is much the same as another object, or as itself before, shares what is equal with it', () => {
  interface Kept {
    owner: string;
    labels: Record<string, string>;
  }
  const store = new Store<Kept, 'owner'>({
    onDefect: () => {},
    indices: { owner: ({ owner }) => [owner] },
    alike: 'owner',
  });
  const intake = new StoreIntake({
    store,
    project: (object) => structuredClone((object as unknown as { spec: Kept }).spec),
    onMalformed: () => {},
  });
  const kept = (name: string, resourceVersion: string, spec: Kept) => {
    intake.listed({ metadata: { name, uid: name, resourceVersion }, spec } as KubernetesObject);
    return store.get(name);
  };
  const labels = { app: 'web' };
  const first = kept('a', '1', { owner: 'o', labels });
  expect(kept('b', '2', { owner: 'o', labels })?.labels).toBe(first?.labels);
  expect(kept('a', '3', { owner: 'p', labels })?.labels).toBe(first?.labels);
  expect(kept('c', '4', { owner: 'o', labels: { app: 'db' } })?.labels).toEqual({ app: 'db' });
});
