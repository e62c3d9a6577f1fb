import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { deployment, Namespace } from '../harness/deployment.ts';
import { kubectlOf } from '../harness/environment.ts';
import { eventually } from '../harness/eventually.ts';
import type { WireObject } from '../harness/kubectl.ts';
import { inNamespace } from './manifests.ts';
import { type Delivery, nameOf } from './tool.ts';
import { everyWay } from './tools.ts';

const kubectl = kubectlOf(inject('environment'));
const MODE = 'portlock.dev/mode';

/** A Deployment whose label is set in git, from the day it comes to the day it goes. */
describe.each(everyWay())('the label in git, with $name', (tool) => {
  const name = nameOf('label', tool);
  let namespace: Namespace;
  let delivery: Delivery;
  let policy: WireObject;
  const web = (mode?: string) => inNamespace(name, deployment('web', mode ? { mode } : {}));
  const other = inNamespace(name, {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'other' },
  });

  beforeAll(async () => {
    namespace = await Namespace.create(kubectl, name);
    delivery = await tool.deliver(name);
  });
  afterAll(async () => {
    await delivery?.end();
    await namespace?.remove();
  });

  /** The policy is the one that it was, and nobody has written it. */
  async function expectSamePolicy(): Promise<void> {
    const now = await namespace.get('networkpolicy', 'web-portlock');
    expect(now.metadata.uid).toBe(policy.metadata.uid);
    expect(now.metadata.resourceVersion).toBe(policy.metadata.resourceVersion);
  }

  test('a policy appears, and the tool is content', async () => {
    await delivery.commit({ 'web.yaml': [web('enforce')], 'other.yaml': [other] });
    policy = await namespace.policy('web');
    await delivery.refresh();
    await expectSamePolicy();
  });

  test('pruning takes what git no longer has, and the policy is none of it', async () => {
    await delivery.commit({ 'web.yaml': [web('enforce')] });
    await eventually(
      'the other object is pruned',
      () => namespace.find('configmap', 'other'),
      (found) => found === undefined,
    );
    await delivery.refresh();
    await expectSamePolicy();
  });

  test('the tool puts the label back, and the policy is there again', async () => {
    const before = await namespace.get('deployment', 'web');
    await namespace.run('label', 'deployment', 'web', `${MODE}-`);
    const after = await eventually(
      'the label',
      () => namespace.get('deployment', 'web'),
      ({ metadata }) => metadata.labels?.[MODE] === 'enforce',
    );
    await delivery.refresh();
    expect(after.metadata.uid).toBe(before.metadata.uid);
    policy = await namespace.policy('web');
    expect(policy.metadata.ownerReferences?.[0]?.uid).toBe(after.metadata.uid);
  });

  test('the policy has nothing by which a tool would know it for its own', () => {
    expect(policy.metadata.labels).toEqual({ 'app.kubernetes.io/managed-by': 'portlock' });
    expect(policy.metadata.annotations).toBeUndefined();
  });

  test('with the label gone from git, the policy goes', async () => {
    await delivery.commit({ 'web.yaml': [web()] });
    await namespace.noPolicy('web');
  });
});
