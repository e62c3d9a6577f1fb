import { afterEach, expect, it, vi } from 'vitest';
import { REFLECTOR_TIMING, relistRange, within } from './reflector-timing.ts';

afterEach(() => {
  vi.restoreAllMocks();
});

it.each([
  [0, 300_000],
  [0.5, 450_000],
  [1, 600_000],
])('a time is drawn from the whole of its range: %d', (random, milliseconds) => {
  vi.spyOn(Math, 'random').mockReturnValue(random);
  expect(within(REFLECTOR_TIMING.watch)).toBe(milliseconds);
});

it('a relist comes after its interval at the latest, and spread over a fifth of it', () => {
  expect(relistRange(1000)).toEqual([800, 1000]);
});

it('a watch is dropped for silence only after bookmarks have failed to come', () => {
  const { inactivity, watch, backoffMaximum, backoffReset } = REFLECTOR_TIMING;
  expect(inactivity).toBeGreaterThan(60_000);
  expect(inactivity).toBeLessThan(watch[0]);
  expect(backoffReset).toBeGreaterThan(backoffMaximum);
});
