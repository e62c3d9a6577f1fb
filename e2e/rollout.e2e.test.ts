import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { application } from './harness/application.ts';
import { Namespace } from './harness/deployment.ts';
import { kubectlOf } from './harness/environment.ts';
import type { WireObject } from './harness/kubectl.ts';
import { SteadyClient } from './harness/steady-client.ts';

const kubectl = kubectlOf(inject('environment'));

/** A rollout to other ports, under clients that connect all the while. */
describe('a rollout', () => {
  let namespace: Namespace;
  beforeAll(async () => {
    namespace = await Namespace.create(kubectl, 'portlock-rollout');
  });
  afterAll(() => namespace?.remove());

  const web = (port: number) =>
    application('web', {
      mode: 'enforce',
      replicas: 2,
      listens: [port],
      declares: [{ containerPort: port, name: 'http' }],
      // As everybody has to: Services send connections for a moment to pods that end.
      lifecycle: { preStop: { sleep: { seconds: 3 } } },
    });

  test('from 8080 to 9090 fails no connection, and narrows when the last old pod is gone', async () => {
    await namespace.apply({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'web' },
      spec: { selector: { app: 'web' }, ports: [{ port: 80, targetPort: 'http' }] },
    });
    await namespace.apply(web(8080));
    await namespace.run('rollout', 'status', 'deployment/web', '--timeout=180s');
    await namespace.policy('web', (policy) => ports(policy).join() === '8080');
    const { spec } = await namespace.get('service', 'web');
    const client = await SteadyClient.start(namespace, [`${spec.clusterIP}:80`]);
    await namespace.apply(web(9090));
    await namespace.policy('web', (policy) => ports(policy).join() === '8080,9090');
    await namespace.run('rollout', 'status', 'deployment/web', '--timeout=180s');
    await namespace.policy('web', (policy) => ports(policy).join() === '9090');
    const [connections] = Object.values(await client.connections());
    expect(connections?.examples).toEqual([]);
  });

  test('back to the revision before, to no pods, and to pods again, the ports follow', async () => {
    await namespace.run('rollout', 'undo', 'deployment/web');
    await namespace.policy('web', (policy) => ports(policy).join() === '8080,9090');
    await namespace.policy('web', (policy) => ports(policy).join() === '8080');
    await namespace.run('scale', 'deployment/web', '--replicas=0');
    await namespace.run('wait', 'pod', '--selector=app=web', '--for=delete', '--timeout=180s');
    expect(ports(await namespace.policy('web'))).toEqual([8080]);
    await namespace.run('scale', 'deployment/web', '--replicas=1');
    await namespace.run('rollout', 'status', 'deployment/web', '--timeout=180s');
    expect(ports(await namespace.policy('web'))).toEqual([8080]);
  });

  test('one that is paused, or fails, keeps the ports of both templates', async () => {
    const container = '/spec/template/spec/containers/0';
    const patch = (changes: Record<string, unknown>) => {
      const operations = Object.entries(changes).map(([path, value]) => ({
        op: 'replace',
        path: `${container}${path}`,
        value,
      }));
      const json = JSON.stringify(operations);
      return namespace.run('patch', 'deployment', 'web', '--type=json', '--patch', json);
    };
    const { spec } = await namespace.get('deployment', 'web');
    const args = spec.template.spec.containers[0].args.with(-1, '9090');
    await namespace.run('rollout', 'pause', 'deployment/web');
    await patch({
      '/ports/0/containerPort': 9090,
      '/readinessProbe/tcpSocket/port': 9090,
      '/args': args,
    });
    await namespace.policy('web', (policy) => ports(policy).join() === '8080,9090');
    await namespace.run('rollout', 'resume', 'deployment/web');
    await namespace.policy('web', (policy) => ports(policy).join() === '9090');
    // Its image is nowhere: no new pod becomes ready, and the old one stays.
    const nowhere = 'localhost/portlock-e2e/none:1';
    await patch({ '/ports/0/containerPort': 9191, '/image': nowhere });
    await namespace.policy('web', (policy) => ports(policy).join() === '9090,9191');
    await namespace.run('rollout', 'undo', 'deployment/web');
    await namespace.policy('web', (policy) => ports(policy).join() === '9090');
  });
});

function ports(policy: WireObject): number[] {
  return policy.spec.ingress[0].ports.map(({ port }: { port: number }) => port);
}
