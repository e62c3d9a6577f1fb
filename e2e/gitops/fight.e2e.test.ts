import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { deployment, Namespace } from '../harness/deployment.ts';
import { kubectlOf } from '../harness/environment.ts';
import { eventually } from '../harness/eventually.ts';
import { conditionOf, reason } from '../harness/sample.ts';
import { inNamespace } from './manifests.ts';
import { type Delivery, nameOf } from './tool.ts';
import { both } from './tools.ts';

const kubectl = kubectlOf(inject('environment'));

/** Git takes over, under the same name, the policy that the operator made, and wants it otherwise. */
describe.each(both())('a fight with $name', (tool) => {
  const name = nameOf('fight', tool);
  let namespace: Namespace;
  let delivery: Delivery;
  const web = (mode: string) => inNamespace(name, deployment('web', { mode }));
  const wider = inNamespace(name, {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: 'web-portlock' },
    spec: {
      podSelector: { matchLabels: { app: 'web' } },
      policyTypes: ['Ingress'],
      ingress: [{ ports: [8080, 9090].map((port) => ({ port, protocol: 'TCP' })) }],
    },
  });

  beforeAll(async () => {
    namespace = await Namespace.create(kubectl, name);
    delivery = await tool.deliver(name);
  });
  afterAll(async () => {
    await delivery?.end();
    await namespace?.remove();
  });

  test('is told with the name of the other, and the policy is never gone', async () => {
    await delivery.commit({ 'web.yaml': [web('enforce')] });
    const { metadata } = await namespace.policy('web');
    await delivery.offer({ 'web.yaml': [web('enforce')], 'policy.yaml': [wider] });
    const report = await namespace.report(
      'web',
      (each) => reason(each, 'PolicyInSync') === 'Contested',
    );
    expect(conditionOf(report, 'PolicyInSync')?.message).toMatch(/kustomize-controller|argocd/);
    expect((await namespace.get('networkpolicy', 'web-portlock')).metadata.uid).toBe(metadata.uid);
  });

  test('ends in favour of git where the label goes, and the tool is content', async () => {
    await delivery.commit({ 'web.yaml': [web('off')], 'policy.yaml': [wider] });
    const policy = await eventually(
      'the policy of git',
      () => namespace.get('networkpolicy', 'web-portlock'),
      (found) => found.spec.ingress[0].ports.length === 2 && !found.metadata.ownerReferences,
    );
    await delivery.refresh();
    const after = await namespace.get('networkpolicy', 'web-portlock');
    expect(after.metadata.uid).toBe(policy.metadata.uid);
  });

  test('ends in favour of the operator where the policy goes from git', async () => {
    await delivery.commit({ 'web.yaml': [web('enforce')] });
    await namespace.policy('web', ({ spec, metadata }) => {
      return spec.ingress[0].ports.length === 1 && metadata.ownerReferences !== undefined;
    });
  });
});
