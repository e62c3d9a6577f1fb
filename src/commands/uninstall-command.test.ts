import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { KeptObjects } from '../testing/kept-objects.ts';
import { scriptedCluster } from '../testing/scripted-cluster.ts';
import { uninstallCommand } from './uninstall-command.ts';

const cluster = scriptedCluster();
const POLICY = '/apis/networking.k8s.io/v1/namespaces/shop/networkpolicies/web-portlock';
let kept: KeptObjects;

beforeEach(() => {
  kept = new KeptObjects();
  kept.put(POLICY, {
    metadata: {
      namespace: 'shop',
      name: 'web-portlock',
      labels: { 'app.kubernetes.io/managed-by': 'portlock' },
    },
  });
  cluster.server.otherwise(kept.answer);
  for (const stream of [process.stdout, process.stderr])
    vi.spyOn(stream, 'write').mockImplementation(((_text: string, done?: () => void) => {
      done?.();
      return true;
    }) as never);
});
afterEach(() => {
  vi.restoreAllMocks();
  process.exitCode = undefined;
});

async function uninstalled(...words: string[]) {
  await uninstallCommand().exitOverride().parseAsync(words, { from: 'user' });
  const writes = cluster.server.requests.filter(({ method }) => method !== 'GET');
  return { writes: writes.map(({ method, path }) => `${method} ${path}`), code: process.exitCode };
}

test.each([[[]], [['--yes']], [['--keep-policies', '--remove-policies', '--yes']]])(
  'whoever does not say what becomes of the policies is asked, and nothing is done: %j',
  async (words) => {
    await expect(uninstalled(...words)).rejects.toThrow(
      'say what becomes of the policies: --keep-policies or --remove-policies',
    );
    expect(cluster.server.requests).toEqual([]);
  },
);

test.each<[words: string[], writes: string[]]>([
  [['--remove-policies'], []],
  [['--keep-policies'], []],
  [['--keep-policies', '--yes'], []],
  [['--remove-policies', '--yes'], [`DELETE ${POLICY}`]],
])('%j deletes %j', async (words, writes) => {
  expect(await uninstalled(...words)).toEqual({ writes, code: 0 });
});

test('it is done as whoever --as names, on the cluster that is named', async () => {
  vi.stubEnv('KUBECONFIG', '/none/config');
  await uninstalled('--keep-policies', '--as', 'eve', '--kubeconfig', cluster.kubeconfig);
  const users = cluster.server.requests.map(({ headers }) => headers['impersonate-user']);
  expect(new Set(users)).toEqual(new Set(['eve']));
});
