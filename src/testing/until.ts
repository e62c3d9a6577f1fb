import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Waits until `condition` returns something other than false or undefined, and returns that.
 * @throws Error that names `what` after `milliseconds`, with what the condition threw last
 */
export async function until<T>(
  what: string,
  condition: () => T | false | undefined | Promise<T | false | undefined>,
  milliseconds = 30_000,
): Promise<T> {
  const deadline = performance.now() + milliseconds;
  let cause: unknown;
  do {
    try {
      const result = await condition();
      if (result !== false && result !== undefined) return result;
      cause = undefined;
    } catch (error) {
      cause = error;
    }
    await sleep(5);
  } while (performance.now() < deadline);
  throw new Error(`not within ${milliseconds} ms: ${what}`, { cause });
}
