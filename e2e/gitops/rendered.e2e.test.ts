import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { run } from '../cluster/command.ts';
import { deployment, Namespace } from '../harness/deployment.ts';
import { kubectlOf, repository } from '../harness/environment.ts';
import { reason, status } from '../harness/sample.ts';
import { inNamespace } from './manifests.ts';
import { type Delivery, nameOf } from './tool.ts';
import { both } from './tools.ts';

const kubectl = kubectlOf(inject('environment'));

/** What `portlock render` makes of an object. */
function rendered(manifest: object): Promise<string> {
  const command = [process.execPath, 'src/cli.ts', 'render', '--all', '--quiet', '-'];
  return run(command, { directory: repository, input: JSON.stringify(manifest) });
}

/** Git owns the policy that the operator would make. */
describe.each(both())('a rendered policy in git, with $name', (tool) => {
  const name = nameOf('rendered', tool);
  let namespace: Namespace;
  let delivery: Delivery;
  const web = (mode: string) => inNamespace(name, deployment('web', { mode }));

  beforeAll(async () => {
    namespace = await Namespace.create(kubectl, name);
    delivery = await tool.deliver(name);
  });
  afterAll(async () => {
    await delivery?.end();
    await namespace?.remove();
  });

  test.each([
    ['audit', 'PolicyInSync', 'AuditMode'],
    ['enforce', 'Stalled', 'ForeignNetworkPolicy'],
    ['off', undefined, undefined],
  ])('with mode %s the operator leaves it alone', async (mode, condition, expected) => {
    const policy = await rendered(web('enforce'));
    await delivery.commit({ 'web.yaml': [web(mode)], 'policy.yaml': policy });
    if (condition !== undefined) {
      await namespace.report('web', (each) => reason(each, condition) === expected);
    }
    await delivery.refresh();
    const { metadata } = await namespace.get(
      'networkpolicy',
      'web-portlock',
      '--show-managed-fields',
    );
    expect(metadata.managedFields?.map(({ manager }) => manager)).not.toContain('portlock');
    expect(metadata.ownerReferences).toBeUndefined();
  });

  test('taken out of git, it is pruned, and the operator makes its own', async () => {
    await delivery.commit({
      'web.yaml': [web('enforce')],
      'policy.yaml': await rendered(web('enforce')),
    });
    await delivery.commit({ 'web.yaml': [web('enforce')] });
    const policy = await namespace.policy(
      'web',
      ({ metadata }) => metadata.ownerReferences !== undefined,
    );
    expect(policy.metadata.labels).toEqual({ 'app.kubernetes.io/managed-by': 'portlock' });
    await namespace.report('web', (each) => status(each, 'Stalled') === undefined);
  });
});
