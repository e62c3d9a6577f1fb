import { describe, expect, inject, test } from 'vitest';
import { kubectlOf, OPERATOR_IMAGE } from './harness/environment.ts';
import { eventually } from './harness/eventually.ts';
import type { WireObject } from './harness/kubectl.ts';
import { startPortlock } from './harness/portlock-command.ts';

const environment = inject('environment');
const kubectl = kubectlOf(environment);
const LABEL = 'portlock.dev/throwaway';

/** By how long a check's pods may live, in seconds, its own are known among those of checks beside it. */
const INTERRUPTED = { timeout: '97s', lifetime: 127 };

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
});

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

/** Runs the command on this machine. */
function check(...args: string[]): ReturnType<typeof startPortlock> {
  const image = args.includes('--image') ? [] : ['--image', OPERATOR_IMAGE];
  return startPortlock(environment, ['check', ...image, ...args]);
}
