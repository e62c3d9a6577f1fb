import fc from 'fast-check';
import { expect, it, onTestFinished, vi } from 'vitest';
import { TokenBucket } from './token-bucket.ts';

/** Milliseconds from zero, when those that come at these times pass. */
function passed(perSecond: number, arrivals: readonly number[]): number[] {
  let now = 0;
  const bucket = new TokenBucket(perSecond, () => now);
  return arrivals.map((arrival) => {
    now = arrival;
    return arrival + bucket.reserve();
  });
}

it('lets a second’s worth pass at once, then one after the other', () => {
  expect(passed(4, [0, 0, 0, 0, 0, 0])).toEqual([0, 0, 0, 0, 250, 500]);
});

it('begins anew after a rest', () => {
  expect(passed(2, [0, 0, 0, 5_000, 5_000, 5_000])).toEqual([0, 0, 500, 5_000, 5_000, 5_500]);
});

it('delays nobody who comes evenly', () => {
  expect(passed(2, [0, 500, 1_000, 1_500])).toEqual([0, 500, 1_000, 1_500]);
});

it('lets no more pass than twice in the first second, and then as many as it should', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 50 }),
      fc.array(fc.integer({ min: 0, max: 300 }), { maxLength: 200 }),
      (perSecond, gaps) => {
        let at = 0;
        const times = passed(
          perSecond,
          gaps.map((gap) => (at += gap)),
        );
        for (const from of times) {
          const within = times.filter((time) => time >= from && time < from + 1_000 - 1e-6);
          expect(within.length).toBeLessThanOrEqual(2 * perSecond);
        }
        expect(times).toEqual(times.toSorted((a, b) => a - b));
      },
    ),
  );
});

it('lets whoever takes a place wait for their turn, and no longer than they want to', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  onTestFinished(() => void vi.useRealTimers());
  const bucket = new TokenBucket(1);
  const passed: string[] = [];
  await bucket.take();
  expect(vi.getTimerCount()).toBe(0);
  const abort = new AbortController();
  const second = bucket.take(abort.signal).then(() => passed.push('second'));
  const third = bucket.take().then(() => passed.push('third'));
  await vi.advanceTimersByTimeAsync(999);
  expect(passed).toEqual([]);
  abort.abort();
  await second;
  await vi.advanceTimersByTimeAsync(1_000);
  expect(passed).toEqual(['second']);
  await vi.advanceTimersByTimeAsync(1);
  await third;
  expect(passed).toEqual(['second', 'third']);
});
