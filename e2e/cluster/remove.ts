import { existsSync } from 'node:fs';
import { readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';

import { run } from './command.ts';
import { removeOwnGroups } from './control-group.ts';
import type { Directories } from './directories.ts';
import { link } from './topology.ts';

/**
 * Removes whatever there is of a cluster, complete or not, from this or an earlier start. Most of
 * it goes by itself when the last of its processes does: namespaces, mounts, pods' links, routes,
 * packet filter rules and eBPF programs are all held by them. Calling it twice does no harm.
 */
export async function removeCluster({ state }: Directories): Promise<void> {
  await removeOwnGroups();
  if (existsSync(`/sys/class/net/${link}`)) {
    // The kernel may be at it already, with the last namespace.
    await run(['ip', 'link', 'delete', link]).catch(() => {});
  }
  await unmountBelow(state);
  await rm(state, { recursive: true, force: true });
}

// Nothing of ours is mounted outside the nodes, but a folder must never be removed through a mount.
async function unmountBelow(folder: string): Promise<void> {
  const mounts = (await readFile('/proc/self/mounts', 'utf8'))
    .split('\n')
    .map((line) => line.split(' ')[1] ?? '')
    .filter((path) => path.startsWith(`${folder}/`));
  for (const path of mounts.reverse()) await run(['umount', '--lazy', path]);
}

/**
 * Keeps the logs of a cluster that is about to be removed because its start failed; returns the
 * folder, or undefined if it failed before there were any.
 */
export async function keepLogs({ state, failure }: Directories): Promise<string | undefined> {
  await rm(failure, { recursive: true, force: true });
  return rename(join(state, 'log'), failure).then(
    () => failure,
    () => undefined,
  );
}
