import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { resourceName } from '../../src/kube/resource.ts';
import { TOKEN_REVIEWS } from '../../src/kube/resources.ts';
import { everyCache } from '../../src/reconcile/kinds/kind-caches.ts';
import { emptyCaches } from '../../src/testing/reconcile-context.ts';
import { deployment, Namespace } from '../harness/deployment.ts';
import { kubectlOf, repository } from '../harness/environment.ts';
import { operatorReady } from '../harness/installation.ts';
import { applyFolder, removeOperator } from './no-operator.ts';

const kubectl = kubectlOf(inject('environment'));
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
    let shop: Namespace;
    let elsewhere: Namespace;

    beforeAll(async () => {
      await removeOperator(kubectl);
      shop = await Namespace.create(kubectl, 'shop');
      elsewhere = await Namespace.create(kubectl, 'overlay-elsewhere');
      await applyFolder(kubectl, 'config/overlays/namespaced');
    });
    afterAll(async () => {
      await removeOperator(kubectl);
      await shop?.remove();
      await elsewhere?.remove();
    });

    test('becomes ready, and enforces there alone', async () => {
      await operatorReady(kubectl);
      for (const namespace of [elsewhere, shop])
        await namespace.apply(deployment('web', { mode: 'enforce' }));
      await shop.policy('web');
      expect(await elsewhere.find('networkpolicy', 'web-portlock')).toBeUndefined();
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
