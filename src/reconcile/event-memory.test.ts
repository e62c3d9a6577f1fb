import { expect, test } from 'vitest';
import type { EventNote } from '../domain/report/events.ts';
import { EventMemory } from './event-memory.ts';

const held: EventNote = {
  type: 'Warning',
  reason: 'PreflightFailed',
  action: 'Reconcile',
  note: 'a',
};

test('the same note for the same reason is news once, of each workload', () => {
  const memory = new EventMemory();
  expect(memory.isNews('web', held)).toBe(true);
  expect(memory.isNews('web', held)).toBe(false);
  expect(memory.isNews('api', held)).toBe(true);
  expect(memory.isNews('web', { ...held, reason: 'WouldWiden' })).toBe(true);
  expect(memory.isNews('web', { ...held, note: 'b' })).toBe(true);
  expect(memory.isNews('web', held), 'it is so again').toBe(true);
});

test.each(['ApplyPolicy', 'DeletePolicy'] as const)('each %s is told, however alike', (action) => {
  const memory = new EventMemory();
  const written: EventNote = { ...held, type: 'Normal', action };
  expect(memory.isNews('web', written)).toBe(true);
  expect(memory.isNews('web', written)).toBe(true);
});

test('of more than ten thousand the one that was told longest ago is forgotten', () => {
  const memory = new EventMemory();
  memory.isNews('first', held);
  memory.isNews('second', held);
  memory.isNews('first', { ...held, note: 'b' });
  for (let index = 0; index < 9_998; index++) memory.isNews(`${index}`, held);
  expect(memory.isNews('first', { ...held, note: 'b' })).toBe(false);
  memory.isNews('one more', held);
  expect(memory.isNews('0', held)).toBe(false);
  expect(memory.isNews('second', held)).toBe(true);
});
