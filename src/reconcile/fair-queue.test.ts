import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FairQueue } from './fair-queue.ts';

const namespaceOf = (key: string) => key.split('/')[0] ?? '';

function filled(...keys: string[]): FairQueue {
  const queue = new FairQueue(namespaceOf);
  for (const key of keys) queue.push(key);
  return queue;
}

function all(queue: { shift: () => string | undefined }): string[] {
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

  it('case 49: serves a group that comes late after one key of each that waits', () => {
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

/** The same by lists that are gone through: groups in the order of their turns, each with its keys. */
class Model {
  groups: { group: string; keys: string[] }[] = [];

  push(key: string): void {
    const group = namespaceOf(key);
    const found = this.groups.find((each) => each.group === group);
    if (found) found.keys.push(key);
    else this.groups.push({ group, keys: [key] });
  }

  remove(key: string): boolean {
    const isThere = this.keys.includes(key);
    for (const each of this.groups) each.keys = each.keys.filter((other) => other !== key);
    this.groups = this.groups.filter(({ keys }) => keys.length > 0);
    return isThere;
  }

  shift(): string | undefined {
    const [first, ...others] = this.groups;
    if (!first) return undefined;
    const [key, ...keys] = first.keys;
    this.groups = keys.length > 0 ? [...others, { ...first, keys }] : others;
    return key;
  }

  get keys(): string[] {
    return this.groups.flatMap(({ keys }) => keys);
  }
}

it('is what lists of groups and keys would be', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
      const [queue, model] = [new FairQueue(namespaceOf), new Model()];
      for (const each of steps) {
        if (each === 'shift') expect(queue.shift()).toBe(model.shift());
        else if ('remove' in each)
          expect(queue.remove(each.remove)).toBe(model.remove(each.remove));
        else if (!queue.has(each.push)) {
          queue.push(each.push);
          model.push(each.push);
        }
        expect(queue.size).toBe(model.keys.length);
      }
      expect(all(queue)).toEqual(all(model));
    }),
  );
});
