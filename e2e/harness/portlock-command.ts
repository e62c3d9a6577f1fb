import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { type Environment, repository } from './environment.ts';

export interface Ended {
  /** Null where a signal ended it. */
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Runs this checkout's command on this machine, against the cluster. */
export function startPortlock(
  { kubeconfig }: Environment,
  args: readonly string[],
): { process: ChildProcess; ended: Promise<Ended> } {
  const child = spawn(process.execPath, [path.join(repository, 'src/cli.ts'), ...args], {
    env: { PATH: process.env.PATH, KUBECONFIG: kubeconfig },
  });
  const said = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const)
    child[name].setEncoding('utf8').on('data', (text) => {
      said[name] += text;
    });
  return { process: child, ended: once(child, 'close').then(([code]) => ({ ...said, code })) };
}
