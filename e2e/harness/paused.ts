import { readFile } from 'node:fs/promises';
import { componentsGroup, makeTrackingGroup } from '../cluster/control-group.ts';

/**
 * Runs `work` while every component of our cluster with this name, on all nodes, is stopped: they see
 * what came meanwhile at once, as they do where the processors are busy.
 *
 * @throws Error where none runs
 */
export async function whilePaused(name: string, work: () => Promise<void>): Promise<void> {
  const pids = await componentPids(name);
  if (pids.length === 0) throw new Error(`No ${name} of our cluster runs`);
  try {
    for (const pid of pids) process.kill(pid, 'SIGSTOP');
    await work();
  } finally {
    for (const pid of pids) process.kill(pid, 'SIGCONT');
  }
}

async function componentPids(name: string): Promise<number[]> {
  const group = await readFile(await makeTrackingGroup(componentsGroup), 'utf8');
  const pids = group.trim().split('\n').map(Number);
  const names = await Promise.all(
    pids.map((pid) => readFile(`/proc/${pid}/comm`, 'utf8').catch(() => '')),
  );
  return pids.filter((_, index) => names[index]?.trim() === name);
}
