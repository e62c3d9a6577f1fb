import { expect, it, vi } from 'vitest';
import { useFakeClock } from '../testing/fake-clock.ts';
import type { Connection } from './connection.ts';
import { LINGER_MILLISECONDS, LingeringConnections } from './lingering-connections.ts';

useFakeClock();

/** A made connection whose other side closes when the test says so. */
class Made implements Connection {
  endedAt: number | undefined;
  close = (): void => {};

  hangUp(closed: () => void): void {
    this.close = closed;
  }

  end(): void {
    // An immediate of the fake clock takes a millisecond.
    this.endedAt = Math.floor(performance.now() / 10) * 10;
  }
}

/** Hangs one up every so many ms. */
async function add(to: LingeringConnections, count: number, every: number): Promise<Made[]> {
  const made = Array.from({ length: count }, () => new Made());
  for (const each of made) {
    to.add(each);
    await vi.advanceTimersByTimeAsync(every);
  }
  return made;
}

it('closes each when its own time is over', async () => {
  const made = await add(new LingeringConnections(10), 3, 500);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(made.map(({ endedAt }) => endedAt)).toEqual(
    [0, 500, 1_000].map((start) => start + LINGER_MILLISECONDS),
  );
});

it('leaves alone what the other side has closed, and keeps no process for it', async () => {
  const lingering = new LingeringConnections(10);
  const made = await add(lingering, 3, 500);
  for (const each of made) each.close();
  expect(vi.getTimerCount()).toBe(0);
  const [later] = await add(lingering, 1, LINGER_MILLISECONDS + 5);
  expect(made.map(({ endedAt }) => endedAt)).toEqual([undefined, undefined, undefined]);
  expect(later?.endedAt).toBe(1_500 + LINGER_MILLISECONDS);
});

it('closes the oldest where there are too many', async () => {
  const made = await add(new LingeringConnections(2), 4, 10);
  expect(made.map(({ endedAt }) => endedAt)).toEqual([20, 30, undefined, undefined]);
});

it('closes what came while others were closed in its own time', async () => {
  const lingering = new LingeringConnections(10);
  const [first] = await add(lingering, 1, LINGER_MILLISECONDS - 1);
  vi.advanceTimersToNextTimer();
  const [second] = await add(lingering, 1, 0);
  first?.close();
  await vi.advanceTimersByTimeAsync(LINGER_MILLISECONDS + 5);
  expect(first?.endedAt).toBeUndefined();
  expect(second?.endedAt).toBe(2 * LINGER_MILLISECONDS);
});
