import { expect, test } from 'vitest';
import { drawDecoys } from './decoys.ts';

/** Draws these numbers, one after the other. */
function drawing(...numbers: number[]) {
  const counts: number[] = [];
  const draw = (count: number) => {
    counts.push(count);
    const next = numbers.shift();
    if (next === undefined) throw new Error('drawn too often');
    return next;
  };
  return { draw, counts };
}

test('three dynamic ports are drawn, sorted', () => {
  const { draw, counts } = drawing(16_383, 0, 7);
  expect(drawDecoys([], draw)).toEqual([49_152, 49_159, 65_535]);
  expect(counts).toEqual([16_384, 16_384, 16_384]);
});

test('ports that are known, or drawn already, are drawn anew', () => {
  const { draw } = drawing(0, 1, 1, 2, 3);
  expect(drawDecoys([49_152, 80], draw)).toEqual([49_153, 49_154, 49_155]);
});
