import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { describe, expect, inject, test } from 'vitest';
import { kubectlOf, repository } from './harness/environment.ts';
import { eventually } from './harness/eventually.ts';
import type { WireObject } from './harness/kubectl.ts';

const environment = inject('environment');
const kubectl = kubectlOf(environment);
const LABEL = 'portlock.dev/throwaway';

describe('portlock check', () => {
  test('a cluster that enforces: dropped, both ways between two nodes, and nothing is left', async () => {
    const { code, stdout } = await check('--output', 'json').ended;
    const result = JSON.parse(stdout);
    expect(result).toMatchObject({ verdict: 'Dropped', warnings: [] });
    expect(result.enforcedAfterMilliseconds).toBeLessThan(30_000);
    const ways = result.paths.map(({ fromNode, toNode }: WireObject) => [fromNode, toNode]);
    const nodes = [...new Set(ways.flat())];
    expect(nodes).toHaveLength(Math.min(2, environment.nodes.length));
    if (nodes.length === 2) expect(ways[1]).toEqual([...ways[0]].reverse());
    expect(code).toBe(0);
    await nothingLeft();
  });

  test('in a namespace that is there, which stays', async () => {
    const { code, stderr } = await check('--namespace', 'default').ended;
    expect(stderr).toContain('This network enforces NetworkPolicies');
    expect(code).toBe(0);
    await eventually(
      'the end of what was made',
      () => kubectl.get('pods,jobs,networkpolicies', '--namespace', 'default', '--selector', LABEL),
      ({ items }) => items.length === 0,
    );
    await kubectl.get('namespace', 'default');
  });

  test('an image that no node has cannot be told from: 2, and nothing is left', async () => {
    const { code, stderr } = await check('--image', 'localhost/portlock-e2e/none:1').ended;
    expect(stderr).toMatch(/portlock: the pod \S+ cannot start: ErrImage/);
    expect(code).toBe(2);
    await nothingLeft();
  });

  test('Ctrl-C ends it, and nothing is left', async () => {
    const { process, ended } = check();
    await eventually('a pod', pods, ({ items }) => items.length > 0);
    process.kill('SIGINT');
    expect((await ended).code).toBe(130);
    await nothingLeft();
  });

  test('SIGKILL ends it, and what it made ends by itself, the namespace too', async () => {
    const { process, ended } = check('--timeout', '20s', '--settle', '20s');
    await eventually('a pod that runs', pods, ({ items }) =>
      items.some(({ status }: WireObject) => status.phase === 'Running'),
    );
    process.kill('SIGKILL');
    await ended;
    await nothingLeft();
  });
});

function pods(): Promise<WireObject> {
  return kubectl.get('pods', '--all-namespaces', '--selector', LABEL);
}

async function nothingLeft(): Promise<void> {
  await eventually(
    'the end of namespaces and pods',
    async () => [await kubectl.get('namespaces', '--selector', LABEL), await pods()],
    (lists) => lists.every(({ items }) => items.length === 0),
  );
}

interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Runs the command on this machine. */
function check(...args: string[]): { process: ChildProcess; ended: Promise<Ended> } {
  const image = args.includes('--image') ? [] : ['--image', 'localhost/portlock-e2e/portlock:test'];
  const command = [path.join(repository, 'src/cli.ts'), 'check', ...image, ...args];
  const child = spawn(process.execPath, command, {
    env: { PATH: process.env.PATH, KUBECONFIG: environment.kubeconfig },
  });
  const said = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const)
    child[name].setEncoding('utf8').on('data', (text) => {
      said[name] += text;
    });
  const ended = once(child, 'close').then(([code]) => ({ ...said, code }));
  return { process: child, ended };
}
