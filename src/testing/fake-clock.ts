import { afterEach, beforeEach, vi } from 'vitest';

/** Gives each test of a file a clock that only moves when it is told to; process.nextTick() stays as it is. */
export function useFakeClock(): void {
  beforeEach(() => {
    vi.useFakeTimers({
      toFake: [
        'setTimeout',
        'clearTimeout',
        'setInterval',
        'clearInterval',
        'setImmediate',
        'clearImmediate',
        'performance',
        'Date',
      ],
    });
  });
  afterEach(() => {
    vi.useRealTimers();
  });
}

/** Moves the fake clock from timer to timer until all of this is known. */
export async function known<T>(...promises: Promise<T>[]): Promise<T[]> {
  let isSettled = false;
  const all = Promise.all(promises);
  const settled = () => {
    isSettled = true;
  };
  all.then(settled, settled);
  while (!isSettled) await vi.advanceTimersToNextTimerAsync();
  return all;
}
