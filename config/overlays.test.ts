import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { parse } from 'yaml';

// What they come to is for kustomize to say, in e2e/package/overlays.e2e.test.ts.
const read = (file: string) => parse(readFileSync(path.join(import.meta.dirname, file), 'utf8'));
const deployment = read('manager/deployment.yaml');

it.each(['high-availability', 'metrics', 'namespaced'])(
  '%s is the whole installation, and more',
  (name) => {
    expect(read(`overlays/${name}/kustomization.yaml`).resources[0]).toBe('../../default');
  },
);

it('namespaced has a Role in each namespace that the operator watches, and takes the rights in the cluster away', () => {
  const { resources, patches } = read('overlays/namespaced/kustomization.yaml');
  const [, value] = /--watch-namespaces=(.*)/.exec(patches[0].patch) ?? [];
  const watched = ['portlock-system', ...(value ?? '').split(',')];
  expect(resources.slice(1)).toEqual(watched);
  for (const name of watched) {
    const { namespace, resources: rights } = read(`overlays/namespaced/${name}/kustomization.yaml`);
    expect([namespace, rights]).toEqual([name, ['../../../rbac-namespaced']]);
  }
  const gone = patches.slice(1).map(({ patch }: { patch: string }) => parse(patch));
  expect(gone).toMatchObject(
    ['portlock-operator', 'portlock-metrics-auth'].flatMap((name) => [
      { $patch: 'delete', kind: 'ClusterRole', metadata: { name } },
      { $patch: 'delete', kind: 'ClusterRoleBinding', metadata: { name } },
    ]),
  );
});

it('high-availability has more replicas than a drain takes, a node each', () => {
  const { replicas, patches } = read('overlays/high-availability/kustomization.yaml');
  expect(replicas).toEqual([{ name: deployment.metadata.name, count: 3 }]);
  const [spread, zones] = parse(patches[0].patch);
  expect(spread.value).toBe('DoNotSchedule');
  expect(zones.value.labelSelector).toEqual(deployment.spec.selector);
});

it('metrics selects the pods by their labels, and the port that they declare', () => {
  const { spec } = read('metrics/metrics-service.yaml');
  expect(spec.selector).toEqual(deployment.spec.selector.matchLabels);
  const [container] = deployment.spec.template.spec.containers;
  expect(container.ports.map(({ name }: { name: string }) => name)).toContain(
    spec.ports[0].targetPort,
  );
  const monitor = read('metrics/service-monitor.yaml');
  const { labels } = read('metrics/metrics-service.yaml').metadata;
  expect(labels).toMatchObject(monitor.spec.selector.matchLabels);
  const [endpoint] = monitor.spec.endpoints;
  expect(endpoint.port).toBe(spec.ports[0].name);
  expect(endpoint).toMatchObject({
    scheme: 'https',
    bearerTokenFile: '/var/run/secrets/kubernetes.io/serviceaccount/token',
    tlsConfig: { insecureSkipVerify: true },
  });
});
