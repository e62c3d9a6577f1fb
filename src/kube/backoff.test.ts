import { expect, it } from 'vitest';
import { Backoff } from './backoff.ts';

const options = { minimum: 800, maximum: 30_000, resetAfter: 120_000 };

it('doubles up to the maximum and never exceeds it', () => {
  const backoff = new Backoff(options);
  const ceilings = [800, 1_600, 3_200, 6_400, 12_800, 25_600, 30_000, 30_000];
  for (const [index, ceiling] of ceilings.entries()) {
    const delay = backoff.next(index);
    expect(delay).toBeGreaterThanOrEqual(ceiling / 2);
    expect(delay).toBeLessThanOrEqual(ceiling);
  }
});

it('starts anew when it is reset', () => {
  const backoff = new Backoff(options);
  for (let index = 0; index < 6; index += 1) backoff.next(0);
  backoff.reset();
  expect(backoff.next(1)).toBeLessThanOrEqual(800);
});

it('starts anew after a time without a failure, and not before', () => {
  const backoff = new Backoff(options);
  for (let index = 0; index < 6; index += 1) backoff.next(0);
  expect(backoff.next(119_999)).toBeGreaterThan(800);
  expect(backoff.next(119_999 + 120_000)).toBeLessThanOrEqual(800);
});
