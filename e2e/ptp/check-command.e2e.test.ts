import { execFile } from 'node:child_process';
import path from 'node:path';
import { afterAll, describe, expect, inject, test } from 'vitest';
import { kubectlOf, repository } from '../harness/environment.ts';
import { eventually } from '../harness/eventually.ts';
import { filterForwarded } from '../harness/packet-filter.ts';

const environment = inject('environment');
const kubectl = kubectlOf(environment);
/** On which the peers of a check listen, and which their policy does not allow. */
const DENIED_PORT = 9447;

describe('portlock check', () => {
  afterAll(() => filterForwarded([]));

  test('a network that enforces nothing is said to', async () => {
    const { code, result } = await check('--settle', '3s');
    expect(result).toMatchObject({ verdict: 'NotEnforced', enforcedAfterMilliseconds: null });
    expect(code).toBe(1);
  });

  test('a network that refuses what no policy allows', async () => {
    const policies = [
      'networkpolicies',
      '--all-namespaces',
      '--selector',
      'portlock.dev/throwaway',
    ];
    const list = () => kubectl.get(...policies);
    await eventually('the end of the check before', list, ({ items }) => items.length === 0);
    const checked = check();
    // It plays the network plugin, which knows of a policy once it is there.
    await eventually('the policy', list, ({ items }) => items.length > 0);
    await filterForwarded([`tcp dport ${DENIED_PORT} reject with tcp reset;`]);
    const { code, result } = await checked;
    await filterForwarded([]);
    expect(result).toMatchObject({ verdict: 'Rejected' });
    expect(code).toBe(0);
  });

  test('a port that is closed before there is a policy proves nothing', async () => {
    await filterForwarded([`tcp dport ${DENIED_PORT} reject with tcp reset;`]);
    const { code, result } = await check('--settle', '3s', '--timeout', '30s');
    expect(result).toMatchObject({ verdict: 'Inconclusive' });
    expect(result.message).toContain(`${DENIED_PORT} is refused`);
    expect(code).toBe(2);
  });
});

function check(
  ...args: string[]
): Promise<{ code: number; result: Record<string, unknown> & { message: string } }> {
  const image = 'localhost/portlock-e2e/portlock:test';
  const command = [path.join(repository, 'src/cli.ts'), 'check', '--image', image, ...args];
  const env = { PATH: process.env.PATH, KUBECONFIG: environment.kubeconfig };
  return new Promise((resolve) => {
    execFile(process.execPath, [...command, '-o', 'json'], { env }, (error, stdout) => {
      const code = typeof error?.code === 'number' ? error.code : error ? -1 : 0;
      resolve({ code, result: JSON.parse(stdout) });
    });
  });
}
