import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { kubectlOf } from './harness/environment.ts';
import { eventually } from './harness/eventually.ts';
import { whilePaused } from './harness/paused.ts';
import { Sample } from './harness/sample.ts';

const PORTS = [8080, 9090, 5000];
const LOCKED = { 8080: 'open', 9090: 'timeout', 5000: 'timeout' };
const ALL_OPEN = { 8080: 'open', 9090: 'open', 5000: 'open' };
const POLICY = 'multi-port-app-portlock';

const environment = inject('environment');

/** What a busy node does: it sees the deletion of a policy and the new one of its name at once. */
describe.skipIf(environment.auditLog === undefined)('a policy deleted and made again', () => {
  let sample: Sample;
  beforeAll(async () => {
    sample = await Sample.create(kubectlOf(environment), 'portlock-recreated');
  });
  afterAll(() => sample?.remove());

  test('while the network looks away leaves nothing in force when it goes', async () => {
    await sample.label('enforce');
    await reach(LOCKED);
    const { metadata } = await sample.get('networkpolicy', POLICY);
    await whilePaused('cilium-agent', async () => {
      await sample.run('delete', 'networkpolicy', POLICY);
      await eventually(
        'the policy again',
        () => sample.get('networkpolicy', POLICY),
        (again) => again.metadata.uid !== metadata.uid,
      );
    });
    await sample.label(undefined);
    await eventually(
      'no policy',
      () => sample.get('networkpolicies'),
      (found) => found.items.length === 0,
    );
    await reach(ALL_OPEN);
  });

  async function reach(expected: object): Promise<void> {
    const seen = await eventually(
      JSON.stringify(expected),
      () => sample.connect(PORTS),
      (each) => JSON.stringify(each) === JSON.stringify(expected),
    );
    expect(seen).toEqual(expected);
  }
});
