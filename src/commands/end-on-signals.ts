/**
 * A signal that is aborted by the first SIGINT or SIGTERM, so that what was made can be taken away; the second one ends the
 * process at once.
 */
export function endOnSignals(): AbortSignal {
  const abort = new AbortController();
  const end = (number: number) => {
    process.exitCode = 128 + number;
    if (abort.signal.aborted) process.exit();
    abort.abort(new EndedBySignal('ended by a signal'));
  };
  process.on('SIGINT', () => end(2));
  process.on('SIGTERM', () => end(15));
  return abort.signal;
}

/** A person or a supervisor wants the command to end; nothing is wrong. */
export class EndedBySignal extends Error {
  override readonly name = 'EndedBySignal';
}
