import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';

import { ClusterError } from './cluster-error.ts';
import { joinGroup } from './command.ts';
import { componentsGroup, makeTrackingGroup } from './control-group.ts';
import { searchPath } from './search-path.ts';

/** One of the cluster's programs. It goes on when this process ends. */
export interface Component {
  readonly pid: number;
  /** Throws a ClusterError with the end of its log if it has ended. */
  check(): void;
}

export interface ComponentStart {
  readonly name: string;
  readonly command: readonly string[];
  /** The file that gets its output. */
  readonly log: string;
  readonly environment?: Readonly<Record<string, string>>;
}

/** Starts a program in a session and in the control group of the cluster. */
export async function startComponent({
  name,
  command,
  log,
  environment = {},
}: ComponentStart): Promise<Component> {
  const processes = await makeTrackingGroup(componentsGroup);
  const output = openSync(log, 'a');
  const child = spawn('sh', ['-c', joinGroup, 'sh', processes, ...command], {
    cwd: '/',
    detached: true,
    // A proxy or a kubeconfig in this process's environment is none of the cluster's business.
    env: { PATH: searchPath(), HOME: '/root', ...environment },
    stdio: ['ignore', output, output],
  });
  closeSync(output);
  child.unref();
  child.on('error', () => {}); // no pid, which is what tells
  if (child.pid === undefined) throw new ClusterError(`${name} could not be started`);
  return {
    pid: child.pid,
    check() {
      const ending = child.exitCode ?? child.signalCode;
      if (ending === null) return;
      throw new ClusterError(`${name} ended (${ending}); the end of its log:\n${endOf(log)}`);
    },
  };
}

const shownLines = 15;

function endOf(log: string): string {
  return readFileSync(log, 'utf8').trimEnd().split('\n').slice(-shownLines).join('\n');
}
