import { expect, test } from 'vitest';
import { heapBounds } from './heap-bounds.ts';

test.each([
  ['a single connection', 1, 65],
  ['as many as fit in a MiB', 256, 65],
  ['one more', 257, 66],
  ['the default', 8_192, 96],
  ['the most that may be asked for', 32_768, 192],
])('the old generation has room for %s: %d need %d MiB', (_what, inFlight, old) => {
  const { maxOldGenerationSizeMb, maxYoungGenerationSizeMb } = heapBounds(inFlight);
  expect([maxOldGenerationSizeMb, maxYoungGenerationSizeMb]).toEqual([old, 8]);
});

test('a connection has more than it takes: 1.5 KiB of a socket', () => {
  for (const inFlight of [1, 1_000, 32_768]) {
    const { maxOldGenerationSizeMb = 0 } = heapBounds(inFlight);
    expect((maxOldGenerationSizeMb - 64) * 1024).toBeGreaterThan(1.5 * inFlight);
  }
});
