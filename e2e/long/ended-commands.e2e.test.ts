import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { kubectlOf, OPERATOR_IMAGE } from '../harness/environment.ts';
import { eventually } from '../harness/eventually.ts';
import type { WireObject } from '../harness/kubectl.ts';
import { startPortlock } from '../harness/portlock-command.ts';
import { Sample } from '../harness/sample.ts';

const environment = inject('environment');
const kubectl = kubectlOf(environment);
const NAMESPACE = 'portlock-ended-commands';
const THROWAWAY = 'portlock.dev/throwaway';

/** By how long a check's pods may live, in seconds, its own are known among those of commands beside it. */
const KILLED = { timeout: '20s', lifetime: 50 };

let sample: Sample;
beforeAll(async () => {
  sample = await Sample.create(kubectl, NAMESPACE);
});
afterAll(() => sample?.remove());

// Side by side: each of them mostly waits.
describe.concurrent('whatever ends a command', () => {
  test('Ctrl-C at ten moments of an audit', async () => {
    const args = ['audit', '-n', NAMESPACE, '--image', OPERATOR_IMAGE, '-q', '--probe'];
    for (let moment = 0; moment < 10; moment++) {
      const { process, ended } = startPortlock(environment, args);
      await new Promise((resolve) => setTimeout(resolve, 300 + moment * 600));
      process.kill('SIGINT');
      // Without a code where it came before the command had begun to listen for it.
      expect([0, 1, 130, null]).toContain((await ended).code);
    }
  });

  test('SIGKILL of a check', async () => {
    const args = ['--image', OPERATOR_IMAGE, '--timeout', KILLED.timeout, '--settle', '20s'];
    const { process, ended } = startPortlock(environment, ['check', ...args]);
    await eventually('a pod that runs', pods, ({ items }) =>
      items.some(
        ({ spec, status }: WireObject) =>
          spec.activeDeadlineSeconds === KILLED.lifetime && status.phase === 'Running',
      ),
    );
    process.kill('SIGKILL');
    await ended;
  });
});

// By itself where the check was killed, its namespace, too.
test('what they made is gone', () =>
  eventually(
    'the end of namespaces and pods',
    async () => [await kubectl.get('namespaces', '--selector', THROWAWAY), await pods()],
    (lists) => lists.every(({ items }) => items.length === 0),
  ));

function pods(): Promise<WireObject> {
  return kubectl.get('pods', '--all-namespaces', '--selector', THROWAWAY);
}
