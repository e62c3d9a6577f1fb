import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { application } from '../harness/application.ts';
import { Namespace } from '../harness/deployment.ts';
import { kubectlOf } from '../harness/environment.ts';
import { eventually } from '../harness/eventually.ts';
import type { WireObject } from '../harness/kubectl.ts';
import { SteadyClient } from '../harness/steady-client.ts';
import { isWanted } from './wanted.ts';

const kubectl = kubectlOf(inject('environment'));

/** A canary by the real controller, to another port, under a client that connects all the while. */
describe.skipIf(!isWanted('rollouts'))('a canary of a Rollout', () => {
  let namespace: Namespace;
  beforeAll(async () => {
    namespace = await Namespace.create(kubectl, 'portlock-canary');
  });
  afterAll(() => namespace?.remove());

  test('fails no connection, and keeps the old port until the last old pod is gone', async () => {
    await namespace.apply({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'web' },
      spec: { selector: { app: 'web' }, ports: [{ port: 80, targetPort: 'http' }] },
    });
    await namespace.apply(rollout(8080));
    await healthy(namespace);
    await namespace.policy('web-rollout', (policy) => ports(policy).join() === '8080');
    const { spec } = await namespace.get('service', 'web');
    const client = await SteadyClient.start(namespace, [`${spec.clusterIP}:80`]);
    await namespace.apply(rollout(9090));
    await namespace.policy('web-rollout', (policy) => ports(policy).join() === '8080,9090');
    await namespace.policy('web-rollout', (policy) => ports(policy).join() === '9090');
    const { status } = await healthy(namespace);
    expect(status.stableRS).toBe(status.currentPodHash);
    const { items } = await namespace.get('pods', '--selector=app=web');
    // One that has ended is listed until the kubelet has cleared it away.
    const alive = items.filter((each: WireObject) => each.status.phase === 'Running');
    expect(alive.flatMap(declaredBy)).not.toContain(8080);
    const [connections] = Object.values(await client.connections());
    expect(connections?.examples).toEqual([]);
  });
});

function rollout(port: number): object {
  const { spec, ...web } = application('web', {
    mode: 'enforce',
    replicas: 4,
    listens: [port],
    declares: [{ containerPort: port, name: 'http' }],
    // As everybody has to: Services send connections for a moment to pods that end.
    lifecycle: { preStop: { sleep: { seconds: 3 } } },
  }) as WireObject;
  const pause = { pause: { duration: '3s' } };
  const steps = [{ setWeight: 25 }, pause, { setWeight: 50 }, pause];
  return {
    ...web,
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Rollout',
    spec: { ...spec, strategy: { canary: { steps } } },
  };
}

/** The Rollout once the controller has seen it as it is, and all of it is served. */
function healthy(namespace: Namespace): Promise<WireObject> {
  return eventually(
    'the Rollout to be healthy',
    () => namespace.get('rollout', 'web'),
    ({ metadata, status }) =>
      status?.phase === 'Healthy' && status.observedGeneration === `${metadata.generation}`,
  );
}

function declaredBy({ spec }: WireObject): number[] {
  return spec.containers[0].ports.map(
    ({ containerPort }: { containerPort: number }) => containerPort,
  );
}

function ports(policy: WireObject): number[] {
  return policy.spec.ingress[0].ports.map(({ port }: { port: number }) => port);
}
