import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rmdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import {
  formatIdentity,
  identify,
  isAlive,
  ownIdentity,
  parseIdentity,
} from './process-identity.ts';
import { waitUntil } from './wait.ts';

/**
 * Control groups tell which processes are ours: a child can't leave the group it was born in, so
 * what is in ours was started by us, directly or not, whatever crashed meanwhile.
 * Below `portlock`: `components` holds the cluster's programs, one group per node its pods, and
 * `work-PID-STARTTIME` what a running orchestrator has started to build something.
 */
export const ownGroup = 'portlock';
export const componentsGroup = `${ownGroup}/components`;

const mountPoint = '/sys/fs/cgroup';

interface Hierarchies {
  readonly version: 1 | 2;
  /** Every hierarchy; there is one in version 2. */
  readonly all: readonly string[];
  /** The one whose groups tell which processes are ours. */
  readonly tracking: string;
}

async function hierarchies(): Promise<Hierarchies> {
  if (existsSync(join(mountPoint, 'cgroup.controllers'))) {
    return { version: 2, all: [mountPoint], tracking: mountPoint };
  }
  const entries = await readdir(mountPoint, { withFileTypes: true });
  const all = entries
    .filter((entry) => entry.isDirectory()) // the symbolic links are second names
    .map((entry) => join(mountPoint, entry.name))
    .filter((path) => existsSync(join(path, 'cgroup.procs')));
  return { version: 1, all, tracking: join(mountPoint, 'pids') };
}

/** Makes a group in the hierarchy that tells which processes are ours; returns its file of pids. */
export async function makeTrackingGroup(group: string): Promise<string> {
  const { tracking } = await hierarchies();
  await mkdir(join(tracking, group), { recursive: true });
  return join(tracking, group, 'cgroup.procs');
}

/** Makes the group below which a node's kubelet keeps its pods, with every controller there is. */
export async function makePodsGroup(node: string): Promise<void> {
  const { version, all } = await hierarchies();
  for (const hierarchy of all) {
    await mkdir(join(hierarchy, ownGroup, node), { recursive: true });
    if (version === 2) {
      await enableControllers(hierarchy);
      await enableControllers(join(hierarchy, ownGroup));
    } else if (hierarchy.endsWith('/cpuset')) {
      await inheritCpuset(hierarchy, ownGroup);
      await inheritCpuset(join(hierarchy, ownGroup), node);
    }
  }
}

async function enableControllers(group: string): Promise<void> {
  const controllers = await readFile(join(group, 'cgroup.controllers'), 'utf8');
  for (const controller of controllers.trim().split(' ')) {
    // One at a time: some can't be enabled (rt processes, threaded siblings) and aren't needed.
    await writeFile(join(group, 'cgroup.subtree_control'), `+${controller}`).catch(() => {});
  }
}

// In version 1 a new group has no processor and no memory node until it is told which.
async function inheritCpuset(parent: string, child: string): Promise<void> {
  for (const file of ['cpuset.cpus', 'cpuset.mems']) {
    await writeFile(join(parent, child, file), await readFile(join(parent, file), 'utf8'));
  }
}

/** A name for the group of one thing that this process builds. */
export function newWorkGroup(): string {
  return `${ownGroup}/work-${formatIdentity(ownIdentity())}/${randomUUID()}`;
}

/**
 * Kills every process in our groups, but not the work of an orchestrator that still runs, and
 * removes the groups. Throws if a process outlives SIGKILL for ten seconds.
 */
export async function removeOwnGroups(): Promise<void> {
  const { all, tracking } = await hierarchies();
  const groups = (await childGroups(join(tracking, ownGroup)))
    .filter((group) => !isWorkOfLiving(group))
    .sort(); // the components before the pods (portlock-1, ...), or they would restart them
  for (const group of groups) await killGroup(join(tracking, ownGroup, group));
  for (const hierarchy of all) {
    for (const group of await childGroups(join(hierarchy, ownGroup))) {
      if (!isWorkOfLiving(group)) await removeGroup(join(hierarchy, ownGroup, group));
    }
    await rmdir(join(hierarchy, ownGroup)).catch(() => {}); // others may be at work
  }
}

/** Kills what is in a group that `newWorkGroup` named, and removes the group. */
export async function removeWorkGroup(group: string): Promise<void> {
  const { tracking } = await hierarchies();
  await killGroup(join(tracking, group));
  await removeGroup(join(tracking, group));
  // Not while other work or the cluster is in there.
  await rmdir(join(tracking, dirname(group))).catch(() => {});
  await rmdir(join(tracking, ownGroup)).catch(() => {});
}

function isWorkOfLiving(group: string): boolean {
  if (!group.startsWith('work-')) return false;
  const owner = parseIdentity(group);
  return owner !== undefined && isAlive(owner);
}

async function childGroups(group: string): Promise<string[]> {
  try {
    const entries = await readdir(group, { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  } catch {
    return []; // no such group
  }
}

/** Every process in the group and the groups below it. */
async function processesIn(group: string): Promise<number[]> {
  const own = await readFile(join(group, 'cgroup.procs'), 'utf8').catch(() => '');
  const pids = own.split('\n').filter(Boolean).map(Number);
  for (const child of await childGroups(group))
    pids.push(...(await processesIn(join(group, child))));
  return pids;
}

async function killGroup(group: string): Promise<void> {
  await waitUntil(
    async () => {
      // Again and again: a process may have forked between the reading and the killing.
      const pids = (await processesIn(group)).filter((pid) => pid > 1 && pid !== process.pid);
      for (const pid of pids) kill(pid);
      return pids.length === 0;
    },
    {
      what: `the processes in ${group} to end`,
      timeoutMilliseconds: 60_000,
      intervalMilliseconds: 20,
    },
  );
}

function kill(pid: number): void {
  if (identify(pid) === undefined) return;
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // ended by itself meanwhile
  }
}

async function removeGroup(group: string): Promise<void> {
  for (const child of await childGroups(group)) await removeGroup(join(group, child));
  await waitUntil(
    async () =>
      rmdir(group).then(
        () => true,
        () => !existsSync(group),
      ),
    {
      what: `${group} to become empty`,
      timeoutMilliseconds: 60_000,
      intervalMilliseconds: 20,
    },
  );
}
