import { expect, test } from 'vitest';
import { Burst } from './burst.ts';

/** A burst that was told of writes at these times, in ms, as it is `at`. */
function burstOf(writes: readonly number[], at: number): Burst {
  let now = 0;
  const burst = new Burst(() => now);
  for (const each of writes) {
    now = each;
    burst.note();
  }
  now = at;
  return burst;
}

/** Writes at this interval from 0 on, until `end` and not at it; all in ms. */
function every(interval: number, end: number): number[] {
  return Array.from({ length: Math.ceil(end / interval) }, (_, index) => index * interval);
}

test.each([
  { what: 'without a write', writes: [], at: 5, endsIn: 0 },
  { what: 'at the write', writes: [1000], at: 1000, endsIn: 100 },
  { what: 'a millisecond before the lull is over', writes: [1000], at: 1099, endsIn: 1 },
  { what: 'when the lull is over', writes: [1000], at: 1100, endsIn: 0 },
  { what: 'another write begins the lull anew', writes: [1000, 1099], at: 1150, endsIn: 49 },
  { what: 'just before it lasts too long', writes: every(50, 30_000), at: 29_999, endsIn: 51 },
  { what: 'when it lasts too long', writes: every(50, 30_000), at: 30_000, endsIn: 0 },
  { what: 'and goes on', writes: every(50, 40_000), at: 39_999, endsIn: 0 },
  {
    what: 'a lull ends even that one',
    writes: [...every(50, 40_000), 40_060],
    at: 40_060,
    endsIn: 100,
  },
])('$what: ends in $endsIn ms', ({ writes, at, endsIn }) => {
  expect(burstOf(writes, at).endsIn).toBe(endsIn);
});
