import path from 'node:path';
import { run } from '../cluster/command.ts';
import { goProgram } from '../cluster/go-program.ts';
import { repository } from '../harness/environment.ts';

export const CHART = path.join(repository, 'charts/portlock');

/**
 * The path of the real Helm. Builds it where that was not done before; throws a ClusterError where there is no Go.
 */
export function helmProgram(signal = AbortSignal.timeout(590_000)): Promise<string> {
  const directory = path.join(import.meta.dirname, 'helm');
  return goProgram({ directory, name: 'helm', go: '1.26.4' }, signal);
}

/** Runs the real Helm and returns what it wrote to stdout. Throws a ClusterError with the words of what failed. */
export async function helm(
  args: readonly string[],
  environment: Record<string, string> = {},
): Promise<string> {
  const signal = AbortSignal.timeout(590_000);
  return run([await helmProgram(signal), ...args], { environment, signal });
}
