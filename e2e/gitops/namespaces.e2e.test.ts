import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { deployment } from '../harness/deployment.ts';
import { kubectlOf } from '../harness/environment.ts';
import { eventually } from '../harness/eventually.ts';
import type { WireObject } from '../harness/kubectl.ts';
import { inNamespace } from './manifests.ts';
import { type Delivery, nameOf } from './tool.ts';
import { both } from './tools.ts';

const kubectl = kubectlOf(inject('environment'));
const COUNT = 20;

/** As an ApplicationSet makes them: many namespaces of one form, whose label is the default of what is in them. */
describe.each(both())('many namespaces, with $name', (tool) => {
  const name = nameOf('many', tool);
  const names = Array.from({ length: COUNT }, (_, index) => `${name}-${index}`);
  let delivery: Delivery;
  const files = (mode?: string) =>
    Object.fromEntries(
      names.map((each) => [
        `${each}.yaml`,
        [
          {
            apiVersion: 'v1',
            kind: 'Namespace',
            metadata: { name: each, labels: mode ? { 'portlock.dev/mode': mode } : {} },
          },
          inNamespace(each, deployment('web')),
        ],
      ]),
    );
  const policies = async (): Promise<string[]> => {
    const { items } = await kubectl.get('networkpolicies', '--all-namespaces');
    return items
      .map(({ metadata }: WireObject) => metadata.namespace)
      .filter((each: string) => names.includes(each));
  };

  beforeAll(async () => {
    delivery = await tool.deliver(name);
  });
  afterAll(async () => {
    await delivery?.end();
    await kubectl.run(['delete', 'namespace', ...names, '--wait=false', '--ignore-not-found']);
  });

  test('each Deployment has a policy, and the tool is content', async () => {
    await delivery.commit(files('enforce'));
    await eventually('all policies', policies, (found) => found.length === COUNT);
    await delivery.refresh();
    expect(await policies()).toHaveLength(COUNT);
  });

  test('the default gone from git, no policy is left', async () => {
    await delivery.commit(files());
    await eventually('no policies', policies, (found) => found.length === 0);
  });
});
