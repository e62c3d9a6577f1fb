import { setTimeout as sleep } from 'node:timers/promises';

import { ClusterError } from './cluster-error.ts';

export interface WaitOptions {
  /** Completes "waited N s for ...". */
  readonly what: string;
  readonly timeoutMilliseconds: number;
  readonly intervalMilliseconds?: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Asks until the answer is yes. Throws a ClusterError when the time is up, the signal's reason when
 * it is aborted, and whatever the condition throws.
 */
export async function waitUntil(
  condition: () => Promise<boolean>,
  { what, timeoutMilliseconds, intervalMilliseconds = 100, signal }: WaitOptions,
): Promise<void> {
  const deadline = performance.now() + timeoutMilliseconds;
  for (;;) {
    signal?.throwIfAborted();
    if (await condition()) return;
    if (performance.now() > deadline) {
      throw new ClusterError(`waited ${timeoutMilliseconds / 1000} s for ${what}`);
    }
    await sleep(intervalMilliseconds, undefined, { signal });
  }
}
