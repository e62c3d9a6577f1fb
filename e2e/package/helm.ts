import path from 'node:path';
import { run } from '../cluster/command.ts';
import { goProgram } from '../cluster/go-program.ts';
import { repository } from '../harness/environment.ts';

export const CHART = path.join(repository, 'charts/portlock');

/**
 * Runs the real Helm and returns what it wrote to stdout. Builds it where that was not done before; throws a
 * ClusterError where there is no Go, or with the words of what failed.
 */
export async function helm(
  args: readonly string[],
  environment: Record<string, string> = {},
): Promise<string> {
  const signal = AbortSignal.timeout(590_000);
  const directory = path.join(import.meta.dirname, 'helm');
  const program = await goProgram({ directory, name: 'helm', go: '1.26.4' }, signal);
  return run([program, ...args], { environment, signal });
}
