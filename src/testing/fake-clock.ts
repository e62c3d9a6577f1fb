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

/** No test has to play longer than this, in ms. */
const LONGEST = 60_000;
/** Nor does the clock stand still for so long, where no timer is left. */
const MOST_STEPS = 20_000;

/**
 * Moves the fake clock from timer to timer until all of this is known.
 * @throws where it is not within a minute of that clock
 */
export async function known<T>(...promises: Promise<T>[]): Promise<T[]> {
  let isSettled = false;
  const all = Promise.all(promises);
  const settled = () => {
    isSettled = true;
  };
  all.then(settled, settled);
  const end = performance.now() + LONGEST;
  for (let steps = 0; !isSettled; steps++) {
    if (performance.now() > end || steps > MOST_STEPS) throw new Error('it never ends');
    await vi.advanceTimersToNextTimerAsync();
  }
  return all;
}
