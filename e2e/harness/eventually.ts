import { setTimeout as sleep } from 'node:timers/promises';

/**
 * What waits longer hangs. Far more than a busy machine takes: tests wait for conditions, and none of
 * them is about how long that took.
 */
const HANG_SECONDS = 180;

/** A condition did not hold in time; the message ends with what was seen last. */
export class NeverHeldError extends Error {
  override name = 'NeverHeldError';
}

/**
 * Reads until `holds` says yes and returns what was read; errors of `read` count as a no.
 *
 * @param what completes "waited N s for ..."
 * @throws NeverHeldError after three minutes
 */
export async function eventually<T>(
  what: string,
  read: () => Promise<T>,
  holds: (value: T) => boolean,
): Promise<T> {
  const deadline = performance.now() + HANG_SECONDS * 1000;
  let last: unknown;
  for (;;) {
    try {
      const value = await read();
      if (holds(value)) return value;
      last = value;
    } catch (error) {
      last = error instanceof Error ? error.message : error;
    }
    if (performance.now() > deadline) {
      const seen = typeof last === 'string' ? last : JSON.stringify(last, undefined, 1);
      throw new NeverHeldError(
        `waited ${HANG_SECONDS} s for ${what}; last seen: ${seen?.slice(0, 6000)}`,
      );
    }
    await sleep(100);
  }
}
