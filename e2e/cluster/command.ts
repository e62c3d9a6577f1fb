import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

import { ClusterError } from './cluster-error.ts';
import { makeTrackingGroup, newWorkGroup, removeWorkGroup } from './control-group.ts';
import { searchPath } from './search-path.ts';

export interface CommandOptions {
  readonly signal?: AbortSignal | undefined;
  readonly directory?: string;
  /** Added to this process's environment. */
  readonly environment?: Readonly<Record<string, string>>;
  readonly input?: string;
  /** The command as an error names it, if not as it is. */
  readonly shown?: readonly string[];
  /** Called with every line that it prints, on standard output or standard error. */
  readonly onLine?: ((line: string) => void) | undefined;
}

const keptErrorLines = 20;
const shownLength = 200;

/**
 * Runs a command that takes moments and returns its standard output. On abort it is ended with
 * SIGTERM and waited for. Throws a ClusterError with the end of its standard error if it fails.
 */
export async function run(
  command: readonly string[],
  { signal, directory, environment, input, shown = command, onLine }: CommandOptions = {},
): Promise<string> {
  signal?.throwIfAborted();
  const [program = '', ...args] = command;
  const child = spawn(program, args, {
    cwd: directory,
    env: { ...process.env, PATH: searchPath(), ...environment },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const end = () => child.kill('SIGTERM');
  signal?.addEventListener('abort', end);
  const errors: string[] = [];
  createInterface(child.stderr).on('line', (line) => {
    errors.push(line);
    if (errors.length > keptErrorLines) errors.shift();
    onLine?.(line);
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  if (onLine !== undefined) createInterface(child.stdout).on('line', onLine);
  child.stdin.on('error', () => {}); // it ended without reading: the exit code says why
  child.stdin.end(input);
  try {
    const ending = await new Promise<string | number>((resolve, reject) => {
      child.on('error', reject);
      child.on('close', (code, killedBy) => resolve(code ?? killedBy ?? 'unknown'));
    });
    signal?.throwIfAborted();
    if (ending === 0) return output;
    const name = shown.join(' ').slice(0, shownLength);
    throw new ClusterError(`${name} failed (${ending})\n${errors.join('\n')}`);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') {
      throw new ClusterError(`${program} is not installed, or ${directory} is gone`);
    }
    throw error;
  } finally {
    signal?.removeEventListener('abort', end);
  }
}

/**
 * Runs a command that takes minutes, as `run` does, in a control group of its own: on abort it is
 * killed with all that it started, and when this process is killed the next start does it.
 */
export async function runWork(
  command: readonly string[],
  { signal, ...options }: CommandOptions = {},
): Promise<string> {
  signal?.throwIfAborted();
  const group = newWorkGroup();
  const processes = await makeTrackingGroup(group);
  const kill = () => void removeWorkGroup(group).catch(() => {}); // the second time tells
  signal?.addEventListener('abort', kill);
  try {
    const inGroup = ['sh', '-c', joinGroup, 'sh', processes, ...command];
    return await run(inGroup, { shown: command, ...options });
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  } finally {
    signal?.removeEventListener('abort', kill);
    await removeWorkGroup(group);
  }
}

/** For `sh -c`: enters the control group whose file of pids is $1 and becomes the rest. */
export const joinGroup = 'echo $$ > "$1" && shift && exec "$@"';
