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

/** A step that says nothing for so long says again what it said last. */
const silenceMilliseconds = 8_000;

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
    let silence: NodeJS.Timeout | undefined;
    const say: Say = (text) => {
      clearTimeout(silence);
      silence = setTimeout(() => say(text), silenceMilliseconds);
      const elapsedSeconds = (performance.now() - start) / 1000;
      onProgress({ step, steps, message: text, elapsedSeconds });
    };
    say(message);
    try {
      return await work(say);
    } finally {
      clearTimeout(silence);
    }
  };
}

/** A line for a terminal or a log. */
export function formatProgress({ step, steps, message, elapsedSeconds }: Progress): string {
  return `${elapsedSeconds.toFixed(0).padStart(4)} s  ${step}/${steps}  ${message}`;
}
