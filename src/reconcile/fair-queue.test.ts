import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FairQueue } from './fair-queue.ts';

const namespaceOf = (key: string) => key.split('/')[0] ?? '';

function filled(...keys: string[]): FairQueue {
  const queue = new FairQueue(namespaceOf);
  for (const key of keys) queue.push(key);
  return queue;
}

function all(queue: FairQueue): string[] {
  const keys: string[] = [];
  for (let key = queue.shift(); key !== undefined; key = queue.shift()) keys.push(key);
  return keys;
}

describe('a queue that is fair to groups', () => {
  it('takes one of each in turn', () => {
    expect(all(filled('a/1', 'a/2', 'a/3', 'b/1', 'c/1', 'c/2'))).toEqual([
      'a/1',
      'b/1',
      'c/1',
      'a/2',
      'c/2',
      'a/3',
    ]);
  });

  it('serves a group that comes late after one key of each that waits', () => {
    const queue = filled('a/1', 'a/2', 'a/3');
    queue.shift();
    queue.push('b/1');
    expect(all(queue)).toEqual(['a/2', 'b/1', 'a/3']);
  });

  it('gives a group no turn whose only key was taken out', () => {
    const queue = filled('a/1', 'b/1', 'c/1');
    expect(queue.remove('b/1')).toBe(true);
    expect(queue.remove('b/1')).toBe(false);
    expect(all(queue)).toEqual(['a/1', 'c/1']);
  });

  it('has nothing once it was cleared, and goes on with what comes', () => {
    const queue = filled('a/1', 'b/1');
    queue.clear();
    expect([queue.size, queue.has('a/1'), queue.shift()]).toEqual([0, false, undefined]);
    queue.push('b/2');
    expect(all(queue)).toEqual(['b/2']);
  });
});

const key = fc
  .tuple(fc.constantFrom('a', 'b', 'c'), fc.integer({ min: 0, max: 4 }))
  .map(([group, name]) => `${group}/${name}`);
const step = fc.oneof(
  fc.record({ push: key }),
  fc.record({ remove: key }),
  fc.constant('shift' as const),
);

it('holds what was put in and not taken out, and lets no group wait for two turns of another', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
      const queue = new FairQueue(namespaceOf);
      const held = new Set<string>();
      /** Of each waiting group, how often each other was served since it began to wait. */
      const waits = new Map<string, Map<string, number>>();
      for (const each of steps) {
        if (each === 'shift') {
          const taken = queue.shift();
          expect(taken === undefined).toBe(held.size === 0);
          if (taken === undefined) continue;
          expect(held.delete(taken)).toBe(true);
          const group = namespaceOf(taken);
          waits.delete(group);
          for (const counts of waits.values()) {
            counts.set(group, (counts.get(group) ?? 0) + 1);
            expect(counts.get(group)).toBeLessThanOrEqual(1);
          }
        } else if ('remove' in each) {
          expect(queue.remove(each.remove)).toBe(held.delete(each.remove));
        } else if (!queue.has(each.push)) {
          queue.push(each.push);
          held.add(each.push);
        }
        const waiting = new Set([...held].map(namespaceOf));
        for (const group of waits.keys()) if (!waiting.has(group)) waits.delete(group);
        for (const group of waiting) if (!waits.has(group)) waits.set(group, new Map());
        expect(queue.size).toBe(held.size);
      }
    }),
  );
});
