import { expect, test } from 'vitest';
import type { ObjectMeta } from '../api/object-meta.ts';
import type { KubernetesObject } from '../kube/resource.ts';
import { Store } from '../kube/store.ts';
import { StoreIntake } from '../kube/store-intake.ts';
import { WrittenObjects } from './written-objects.ts';

interface Kept {
  metadata: ObjectMeta;
  from: 'write' | 'watch';
}

function following() {
  const store = new Store<Kept>({ onDefect: () => {} });
  const intake = new StoreIntake<Kept, never>({
    store,
    project: ({ metadata }) => ({ metadata, from: 'watch' }),
    onMalformed: () => {},
  });
  const written = new WrittenObjects(store);
  const comes = (resourceVersion: string) => {
    const metadata = { namespace: 'ns', name: 'a', uid: 'u', resourceVersion };
    intake.watched({ type: 'MODIFIED', object: { metadata } as KubernetesObject });
    return store.get('ns/a')?.from;
  };
  const writes = (resourceVersion: string) =>
    written.wrote({
      metadata: { namespace: 'ns', name: 'a', uid: 'u', resourceVersion },
      from: 'write',
    });
  return { comes, writes };
}

test('a write that comes back is known already, and what others write is looked at', () => {
  const { comes, writes } = following();
  writes('5');
  expect(comes('4')).toBe('watch');
  expect(comes('5')).toBe('write');
  expect(comes('6')).toBe('watch');
});

test('of several writes the last is known already', () => {
  const { comes, writes } = following();
  writes('5');
  writes('6');
  expect(comes('6')).toBe('write');
});
