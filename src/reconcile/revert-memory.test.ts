import { expect, test } from 'vitest';
import { NOW, policy } from '../testing/builders.ts';
import { RevertMemory } from './revert-memory.ts';

const KEY = 'Deployment/shop/web';
const MINUTE = 60_000;

function editedBy(...managers: string[]) {
  const edited = policy('web-portlock');
  const managedFields = managers.map((manager) => ({ manager }));
  return { ...edited, metadata: { ...edited.metadata, managedFields } };
}

test('one or two changes are nobody’s fight; the fifth in ten minutes begins one', () => {
  const memory = new RevertMemory();
  const begins = [0, 1, 2, 3, 4, 5].map((minute) =>
    memory.note(KEY, editedBy('kubectl-edit'), NOW + minute * MINUTE),
  );
  expect(begins).toEqual([false, false, false, false, true, false]);
  expect(memory.contest(KEY, NOW + 5 * MINUTE)).toEqual({ since: NOW, by: ['kubectl-edit'] });
});

test('changes that are far apart are none', () => {
  const memory = new RevertMemory();
  for (let change = 0; change < 10; change += 1)
    expect(memory.note(KEY, undefined, NOW + change * 3 * MINUTE)).toBe(false);
});

test('it names everybody who took part, but not portlock, and nobody for a deletion', () => {
  const memory = new RevertMemory();
  for (const managers of [['portlock', 'b'], ['a'], []])
    memory.note(KEY, editedBy(...managers), NOW);
  memory.note(KEY, undefined, NOW);
  memory.note(KEY, undefined, NOW);
  expect(memory.contest(KEY, NOW)?.by).toEqual(['a', 'b']);
});

test('whoever calls themselves something else each time is not remembered by every name', () => {
  const memory = new RevertMemory();
  const name = (change: number) => `manager-${String(999 - change)}`;
  for (let change = 0; change < 500; change += 1) memory.note(KEY, editedBy(name(change)), NOW);
  const by = memory.contest(KEY, NOW)?.by;
  expect(by).toHaveLength(16);
  memory.note(KEY, editedBy('another'), NOW);
  expect(memory.contest(KEY, NOW)?.by, 'it says the same').toEqual(by);
});

test('it says the same while it goes on, and is over ten minutes after the last change', () => {
  const memory = new RevertMemory();
  for (let change = 0; change < 100; change += 1)
    memory.note(KEY, editedBy('a'), NOW + change * MINUTE);
  const last = NOW + 99 * MINUTE;
  expect(memory.contest(KEY, last)?.since).toBe(NOW);
  expect(memory.endsIn(KEY, last)).toBe(10 * MINUTE);
  expect(memory.contest(KEY, last + 10 * MINUTE - 1)).toBeDefined();
  expect(memory.contest(KEY, last + 10 * MINUTE)).toBeUndefined();
  expect(memory.endsIn(KEY, last + 10 * MINUTE)).toBeUndefined();
});

test('workloads are told apart, and one that is forgotten begins anew', () => {
  const memory = new RevertMemory();
  for (let change = 0; change < 5; change += 1) memory.note(KEY, undefined, NOW);
  expect(memory.contest('Deployment/shop/other', NOW)).toBeUndefined();
  memory.forget(KEY);
  expect(memory.contest(KEY, NOW)).toBeUndefined();
});
