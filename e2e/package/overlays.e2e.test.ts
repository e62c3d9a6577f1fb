import { beforeAll, describe, expect, inject, test } from 'vitest';
import { resourceName } from '../../src/kube/resource.ts';
import { TOKEN_REVIEWS } from '../../src/kube/resources.ts';
import { everyCache } from '../../src/reconcile/kinds/kind-caches.ts';
import { emptyCaches } from '../../src/testing/reconcile-context.ts';
import { repository } from '../harness/environment.ts';
import { Kubectl } from '../harness/kubectl.ts';

const kubectl = new Kubectl(inject('kubectlCommand'), inject('kubeconfig'));
const overlay = (name: string) =>
  kubectl.run(['kustomize', `${repository}/config/overlays/${name}`]);
const ACCOUNT = 'system:serviceaccount:portlock-system:portlock-controller-manager';

async function may(verb: string, resource: string, ...where: string[]): Promise<boolean> {
  const answer = await kubectl
    .run(['auth', 'can-i', verb, resource, ...where, '--as', ACCOUNT])
    .catch(() => 'no');
  return answer.startsWith('yes');
}

/** The overlays as kustomize renders them and the API server takes them. */
describe('the overlays', () => {
  test.each(['high-availability', 'metrics', 'namespaced'])('%s is rendered', async (name) => {
    expect(await overlay(name)).toContain('kind: Deployment');
  });

  test('high-availability is three replicas on a node each', async () => {
    const text = await overlay('high-availability');
    expect(text).toContain('replicas: 3');
    expect(text).toContain('whenUnsatisfiable: DoNotSchedule');
  });

  describe('namespaced', () => {
    beforeAll(async () => {
      await kubectl.run(['create', 'namespace', 'shop']).catch(() => {});
      await kubectl.run(
        ['apply', '--server-side', '--force-conflicts', '--filename', '-'],
        await overlay('namespaced'),
      );
    });

    test('grants nothing in the whole cluster', async () => {
      for (const { kind } of everyCache(emptyCaches()))
        expect(await may('list', resourceName(kind.resource), '--all-namespaces')).toBe(false);
      expect(await may('create', resourceName(TOKEN_REVIEWS))).toBe(false);
    });

    test.each(['shop', 'portlock-system'])('grants what the operator needs in %s', async (name) => {
      expect(await may('get', `namespaces/${name}`, '--namespace', name)).toBe(true);
      const everywhere = ['pods', 'deployments.apps', 'networkpolicies.networking.k8s.io'];
      for (const resource of everywhere)
        expect(await may('watch', resource, '--namespace', name)).toBe(true);
      expect(await may('create', 'networkpolicies.networking.k8s.io', '--namespace', name)).toBe(
        true,
      );
    });
  });
});
