/** What a start says while it works. */
export interface Progress {
  /** From 1 to `steps`. */
  readonly step: number;
  readonly steps: number;
  /** What is being done, as a sentence without its full stop. */
  readonly message: string;
  /** Since the start began. */
  readonly elapsedSeconds: number;
}

export type OnProgress = (progress: Progress) => void;

/** Says something about the step that is under way. */
export type Say = (message: string) => void;

/** Does the next step; returns what it returns and throws what it throws. */
export type DoStep = <Result>(
  message: string,
  work: (say: Say) => Promise<Result>,
) => Promise<Result>;

/** Tells of each of `steps` steps when it begins. No step begins once the signal is aborted. */
export function countSteps(
  steps: number,
  onProgress: OnProgress,
  signal: AbortSignal | undefined,
): DoStep {
  const start = performance.now();
  let step = 0;
  return async (message, work) => {
    signal?.throwIfAborted();
    step++;
    const say: Say = (text) =>
      onProgress({
        step,
        steps,
        message: text,
        elapsedSeconds: (performance.now() - start) / 1000,
      });
    say(message);
    return work(say);
  };
}

/** A line for a terminal or a log. */
export function formatProgress({ step, steps, message, elapsedSeconds }: Progress): string {
  return `${elapsedSeconds.toFixed(0).padStart(4)} s  ${step}/${steps}  ${message}`;
}
