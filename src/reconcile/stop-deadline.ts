import { delay } from '../kube/deadline.ts';

/** How long everything may take after a stop, in ms: work 15 s, Events 2 s, leases 5 s; the pod is killed after 30 s. */
const STOP_DEADLINE = 24_000;

/** Resolves as `everything` does, or 24 s after `stopping` is aborted: an API server that hangs holds up no stop. */
export async function untilStopped(
  everything: Promise<unknown>,
  stopping: AbortSignal,
): Promise<void> {
  const ended = new AbortController();
  const stopped = new Promise((resolve) => {
    stopping.addEventListener('abort', resolve, { once: true });
    if (stopping.aborted) resolve(undefined);
  });
  const overdue = stopped.then(() => delay(STOP_DEADLINE, ended.signal));
  try {
    await Promise.race([everything, overdue]);
  } finally {
    ended.abort();
  }
}
