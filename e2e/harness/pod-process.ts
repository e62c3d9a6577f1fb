import { readdir, readFile } from 'node:fs/promises';

/**
 * Any process of a pod on this machine: its control group has the pod's uid in its name.
 *
 * @throws Error where there is none
 */
export async function processOf(uid: string): Promise<number> {
  for (const entry of await readdir('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    const groups = await readFile(`/proc/${entry}/cgroup`, 'utf8').catch(() => '');
    if (groups.includes(`pod${uid}`)) return Number(entry);
  }
  throw new Error(`no process of the pod with uid ${uid}`);
}
