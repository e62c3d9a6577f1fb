import { constants } from 'node:os';

import { UsageError } from './arguments.ts';
import { ClusterError } from './cluster-error.ts';

/**
 * Runs a program of this folder: SIGINT, SIGTERM and SIGHUP abort its signal, and it ends as the
 * signal would have ended it once everything is cleaned up. A ClusterError is one line and exit
 * code 1, or 2 where the command line can't be understood.
 */
export async function runCommandLine(
  program: (args: readonly string[], signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const abort = new AbortController();
  let received: NodeJS.Signals | undefined;
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(name, () => {
      received ??= name;
      process.stderr.write(`${received}: cleaning up\n`);
      abort.abort(new ClusterError(`ended by ${received}`));
    });
  }
  try {
    await program(process.argv.slice(2), abort.signal);
  } catch (error) {
    if (!(error instanceof ClusterError)) throw error;
    if (received === undefined) process.stderr.write(`${error.message}\n`);
    process.exitCode = error instanceof UsageError ? 2 : 1;
  }
  if (received !== undefined) process.exitCode = 128 + constants.signals[received];
}
