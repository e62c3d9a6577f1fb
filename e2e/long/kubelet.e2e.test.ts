import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { application } from '../harness/application.ts';
import { ClientPod } from '../harness/client-pod.ts';
import { Namespace } from '../harness/deployment.ts';
import { kubectlOf } from '../harness/environment.ts';
import type { WireObject } from '../harness/kubectl.ts';
import { status } from '../harness/sample.ts';

const environment = inject('environment');
const kubectl = kubectlOf(environment);

/** Whatever a policy lets in, the kubelet of a pod's own node has to. */
describe('pods that let in their own namespace alone', () => {
  let namespace: Namespace;
  let client: ClientPod;
  beforeAll(async () => {
    namespace = await Namespace.create(kubectl, 'portlock-kubelet');
    client = await ClientPod.create(namespace);
  });
  afterAll(() => namespace?.remove());

  test.each(environment.nodes)('become ready on node %s', async (node) => {
    const name = `web-${environment.nodes.indexOf(node)}`;
    const web = application(name, {
      mode: 'enforce',
      replicas: 0,
      listens: [8080],
      declares: [{ containerPort: 8080 }],
    }) as WireObject;
    web.metadata.annotations = { 'portlock.dev/allow-from': 'same-namespace' };
    web.spec.template.spec.nodeName = node;
    await namespace.apply(web);
    await namespace.policy(name);
    await namespace.run('scale', `deployment/${name}`, '--replicas=1');
    await namespace.run('rollout', 'status', `deployment/${name}`, '--timeout=60s');
    const report = await namespace.report(
      name,
      (each) => status(each, 'EnforcementVerified') === 'True',
    );
    expect(status(report, 'Stalled')).toBeUndefined();
    const { items } = await namespace.get('pods', `--selector=app=${name}`);
    expect(await client.connect(items[0].status.podIP, [8080])).toEqual({ 8080: 'open' });
  });
});
