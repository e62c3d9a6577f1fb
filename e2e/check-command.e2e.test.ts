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

/** By how long a check's pods may live, in seconds, its own are known among those of checks beside it. */
const INTERRUPTED = { timeout: '97s', lifetime: 127 };
const KILLED = { timeout: '20s', lifetime: 50 };

// Side by side: each of them mostly waits.
describe.concurrent('portlock check', () => {
  test('a cluster that enforces: dropped, both ways between two nodes', async () => {
    const { code, stdout } = await check('--output', 'json').ended;
    const result = JSON.parse(stdout);
    expect(result).toMatchObject({ verdict: 'Dropped', warnings: [] });
    expect(result.enforcedAfterMilliseconds).toBeLessThan(30_000);
    const ways = result.paths.map(({ fromNode, toNode }: WireObject) => [fromNode, toNode]);
    const nodes = [...new Set(ways.flat())];
    expect(nodes).toHaveLength(Math.min(2, environment.nodes.length));
    if (nodes.length === 2) expect(ways[1]).toEqual([...ways[0]].reverse());
    expect(code).toBe(0);
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

  test('an image that no node has cannot be told from: 2', async () => {
    const { code, stderr } = await check('--image', 'localhost/portlock-e2e/none:1').ended;
    expect(stderr).toMatch(/portlock: the pod \S+ cannot start: ErrImage/);
    expect(code).toBe(2);
  });

  test('Ctrl-C ends it', async () => {
    const { process, ended } = check('--timeout', INTERRUPTED.timeout);
    await eventually('a pod', pods, (list) => livingFor(list, INTERRUPTED.lifetime).length > 0);
    process.kill('SIGINT');
    expect((await ended).code).toBe(130);
  });

  test('SIGKILL ends it', async () => {
    const { process, ended } = check('--timeout', KILLED.timeout, '--settle', '20s');
    await eventually('a pod that runs', pods, (list) =>
      livingFor(list, KILLED.lifetime).some(({ status }) => status.phase === 'Running'),
    );
    process.kill('SIGKILL');
    await ended;
  });
});

// By itself where the check was killed, its namespace, too.
test('what all of them made is gone', () =>
  eventually(
    'the end of namespaces and pods',
    async () => [await kubectl.get('namespaces', '--selector', LABEL), await pods()],
    (lists) => lists.every(({ items }) => items.length === 0),
  ));

function livingFor({ items }: WireObject, seconds: number): WireObject[] {
  return items.filter(({ spec }: WireObject) => spec.activeDeadlineSeconds === seconds);
}

function pods(): Promise<WireObject> {
  return kubectl.get('pods', '--all-namespaces', '--selector', LABEL);
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
