import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { untilStopped } from './stop-deadline.ts';

const never = new Promise(() => {});
let stop: AbortController;
let isOver: boolean;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  stop = new AbortController();
  isOver = false;
});
afterEach(() => {
  vi.useRealTimers();
});

function wait(everything: Promise<unknown>): void {
  void untilStopped(everything, stop.signal).then(() => {
    isOver = true;
  });
}

test('case 21: what hangs is given up 24 s after the stop, and never before it', async () => {
  wait(never);
  await vi.advanceTimersByTimeAsync(3_600_000);
  expect(isOver).toBe(false);
  stop.abort();
  await vi.advanceTimersByTimeAsync(23_999);
  expect(isOver).toBe(false);
  await vi.advanceTimersByTimeAsync(1);
  expect(isOver).toBe(true);
});

test('so it is where the stop came first', async () => {
  stop.abort();
  wait(never);
  await vi.advanceTimersByTimeAsync(24_000);
  expect(isOver).toBe(true);
});

test('what ends by itself leaves no timer behind', async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  wait(promise);
  stop.abort();
  await vi.advanceTimersByTimeAsync(1_000);
  resolve();
  await vi.advanceTimersByTimeAsync(0);
  expect(isOver).toBe(true);
  expect(vi.getTimerCount()).toBe(0);
});
