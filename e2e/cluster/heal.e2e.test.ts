import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, describe, expect, test } from 'vitest';
import { clusterDown } from './cluster.ts';

const run = promisify(execFile);
const UP = path.join(import.meta.dirname, 'up.ts');
const ARGUMENTS = ['--network', 'ptp', '--nodes', '1', '--families', 'ipv4,ipv6'];

/** Starts the cluster in a process of its own and returns when it says that it does `step`. */
async function startUntil(step: string): Promise<ChildProcess> {
  const child = spawn(process.execPath, [UP, ...ARGUMENTS], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  await new Promise<void>((resolve, reject) => {
    child.stderr?.on('data', (data) => {
      said += data;
      if (said.includes(step)) resolve();
    });
    child.once('exit', () => reject(new Error(`ended before "${step}": ${said}`)));
  });
  return child;
}

/** What of a cluster is on this machine: links, routes, mounts and processes. */
async function leftovers(): Promise<string[]> {
  const links = (await run('ip', ['-oneline', 'link', 'show'])).stdout
    .split('\n')
    .filter((line) => line.includes('portlock'));
  const shown = await Promise.all(
    ['-4', '-6'].map((family) => run('ip', [family, 'route', 'show'])),
  );
  const routes = shown
    .flatMap(({ stdout }) => stdout.split('\n'))
    .filter((line) => line.includes('portlock'));
  const mounts = (await run('cat', ['/proc/self/mounts'])).stdout
    .split('\n')
    .filter((line) => line.includes('/portlock-e2e/cluster'));
  const groups = ['/sys/fs/cgroup/portlock', '/sys/fs/cgroup/pids/portlock'].filter((group) =>
    existsSync(group),
  );
  const processes = groups.flatMap((group) =>
    readdirSync(group).filter((name) => name.startsWith('portlock')),
  );
  return [...links, ...routes, ...mounts, ...processes];
}

describe('a cluster whose start is broken off', () => {
  afterAll(() => clusterDown());

  test('by Ctrl-C leaves nothing behind', async () => {
    await clusterDown();
    const child = await startUntil('waiting for the nodes');
    expect(await leftovers()).not.toEqual([]);
    child.kill('SIGINT');
    const [code] = await once(child, 'exit');
    expect(code).toBe(130);
    expect(await leftovers()).toEqual([]);
  });

  test('by SIGKILL is healed by the next start', async () => {
    const killed = await startUntil('waiting for the nodes');
    killed.kill('SIGKILL');
    await once(killed, 'exit');
    expect(await leftovers()).not.toEqual([]);
    const { stdout } = await run(process.execPath, [UP, ...ARGUMENTS]);
    expect(stdout).toMatch(/^export KUBECONFIG=/);
    await clusterDown();
    expect(await leftovers()).toEqual([]);
  });
});
