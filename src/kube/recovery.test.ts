import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Recovery } from './recovery.ts';

let recovery: Recovery;
let ended: boolean | undefined;
const { signal } = new AbortController();

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  recovery = new Recovery();
  ended = undefined;
  void recovery.wait(60_000, signal).then((recovered) => {
    ended = recovered;
  });
});
afterEach(() => {
  vi.useRealTimers();
});

it('wakes all who wait at the first success after an outage', async () => {
  const second = recovery.wait(60_000, signal);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(ended).toBeUndefined();
  recovery.failed();
  recovery.succeeded();
  await expect(second).resolves.toBe(true);
  expect(ended).toBe(true);
});

it('wakes nobody while calls go on to succeed', async () => {
  for (let seconds = 0; seconds < 58; seconds += 2) {
    await vi.advanceTimersByTimeAsync(2_000);
    recovery.succeeded();
  }
  expect(ended).toBeUndefined();
  await vi.advanceTimersByTimeAsync(2_000);
  expect(ended).toBe(false);
});

it('ends at once when it is stopped, before or while it waits', async () => {
  const stop = new AbortController();
  const waiting = recovery.wait(60_000, stop.signal);
  stop.abort();
  await expect(waiting).resolves.toBe(false);
  await expect(recovery.wait(60_000, stop.signal)).resolves.toBe(false);
});

it('takes calls that are slow, and of which none fails, for no outage', async () => {
  for (let count = 0; count < 5; count += 1) {
    await vi.advanceTimersByTimeAsync(4_000);
    recovery.succeeded();
  }
  expect(recovery.outages).toBe(0);
  expect(ended).toBeUndefined();
});
