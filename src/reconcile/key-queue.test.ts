import fc from 'fast-check';
import { expect, it } from 'vitest';
import { KeyQueue } from './key-queue.ts';

it('behaves as a list from whose front is taken', () => {
  const step = fc.oneof(
    fc.record({ push: fc.constantFrom('a', 'b', 'c', 'd') }),
    fc.record({ remove: fc.constantFrom('a', 'b', 'c', 'd') }),
    fc.constant('shift' as const),
    fc.constant('clear' as const),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const queue = new KeyQueue();
      let model: string[] = [];
      for (const each of steps) {
        if (each === 'shift') expect(queue.shift()).toEqual(model.shift());
        else if (each === 'clear') {
          queue.clear();
          model = [];
        } else if ('remove' in each) {
          expect(queue.remove(each.remove)).toBe(model.includes(each.remove));
          model = model.filter((key) => key !== each.remove);
        } else if (!queue.has(each.push)) {
          queue.push(each.push);
          model.push(each.push);
        }
        expect(queue.size).toBe(model.length);
      }
    }),
  );
});
