import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { application } from '../harness/application.ts';
import { Namespace } from '../harness/deployment.ts';
import { kubectlOf } from '../harness/environment.ts';
import { eventually } from '../harness/eventually.ts';
import { status } from '../harness/sample.ts';
import { shownHealth } from './argocd/shown-health.ts';
import { inNamespace } from './manifests.ts';
import { type Delivery, nameOf } from './tool.ts';
import { both } from './tools.ts';

const kubectl = kubectlOf(inject('environment'));

/** Git also holds a policy that opens everything: a real finding, and nothing for a tool to hang on. */
describe.each(both())('drift under $name', (tool) => {
  const name = nameOf('drift', tool);
  let namespace: Namespace;
  let delivery: Delivery;

  beforeAll(async () => {
    namespace = await Namespace.create(kubectl, name);
    delivery = await tool.deliver(name);
  });
  afterAll(async () => {
    await delivery?.end();
    await namespace?.remove();
  });

  test('is reported, and the tool becomes content and stays so', async () => {
    const web = application('web', {
      mode: 'enforce',
      listens: [8080, 9090],
      declares: [{ containerPort: 8080 }],
    });
    const open = {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: { name: 'open' },
      spec: { podSelector: {}, policyTypes: ['Ingress'], ingress: [{}] },
    };
    const app = inNamespace(name, web);
    await delivery.commit({ 'app.yaml': [app] });
    await namespace.policy('web');
    await delivery.commit({ 'app.yaml': [app], 'open.yaml': [inNamespace(name, open)] });
    const report = await namespace.report(
      'web',
      (each) => status(each, 'DriftDetected') === 'True',
    );
    await delivery.refresh();
    expect(await delivery.isContent()).toBe(true);
    const after = await namespace.get('portexposurereport', 'web');
    expect(status(after, 'DriftDetected')).toBe('True');
    expect(status(report, 'Ready')).toBe('True');
  });

  if (!tool.name.startsWith('Argo CD')) return;

  test('Argo CD shows it at the report', async () => {
    const { redis } = inject('gitops');
    const shown = await eventually(
      'a degraded report in the tree',
      () => shownHealth(redis, name, { kind: 'PortExposureReport', name: 'web' }),
      (health) => health?.status === 'Degraded',
    );
    expect(shown?.message).toContain('9090/TCP');
    expect(await delivery.isContent()).toBe(true);
  });
});
