import { describeError, type Log } from './log.ts';

/**
 * Ends the process with 1 at an exception that nobody caught: in a line of the log like all others, and after `giveBack`,
 * which has to settle soon. What fails meanwhile is logged, too.
 */
export function endOnCrash(log: Log, giveBack: () => Promise<unknown>): void {
  let isEnding = false;
  const end = (error: unknown) => {
    const stack = error instanceof Error ? error.stack : undefined;
    log.error('Ended by a mistake of its own', { error: describeError(error), stack });
    if (isEnding) return;
    isEnding = true;
    const exit = () => process.exit(1);
    giveBack().then(exit, exit);
  };
  process.on('uncaughtException', end);
  process.on('unhandledRejection', end);
}
