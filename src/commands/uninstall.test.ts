import { beforeEach, describe, expect, test } from 'vitest';
import { parseApiPath } from '../testing/api-path.ts';
import { saidBy } from '../testing/command-streams.ts';
import { KeptObjects } from '../testing/kept-objects.ts';
import { sendStatus } from '../testing/scripted-api-server.ts';
import { scriptedClient } from '../testing/scripted-client.ts';
import { runUninstall, type UninstallFlags } from './uninstall.ts';

const scripted = scriptedClient();
let kept: KeptObjects;

const POLICIES = '/apis/networking.k8s.io/v1/namespaces/shop/networkpolicies';
const OPERATOR = '/apis/apps/v1/namespaces/portlock-system/deployments/portlock-controller-manager';
const ROLES = '/apis/rbac.authorization.k8s.io/v1/clusterroles';
const CRD =
  '/apis/apiextensions.k8s.io/v1/customresourcedefinitions/portexposurereports.portlock.dev';
const REPORT = '/apis/portlock.dev/v1alpha1/namespaces/shop/portexposurereports/web';
const LEASE = '/apis/coordination.k8s.io/v1/namespaces/portlock-system/leases/portlock-leader';
const NAME = { 'app.kubernetes.io/name': 'portlock' };
const OURS = { 'app.kubernetes.io/managed-by': 'portlock' };

function owner(kind: string) {
  return [{ apiVersion: 'apps/v1', kind, name: 'web', uid: 'uid-web', controller: true }];
}

function put(path: string, metadata: object = {}): void {
  const { namespace, name = '' } = parseApiPath(path);
  kept.put(path, {
    metadata: { name, ...(namespace !== undefined && { namespace }), ...metadata },
  });
}

beforeEach(() => {
  kept = new KeptObjects();
  scripted.server.otherwise(kept.answer);
  put(OPERATOR, { labels: { ...NAME, 'app.kubernetes.io/component': 'operator' } });
  put(`${POLICIES}/web-portlock`, { labels: OURS, ownerReferences: owner('Deployment') });
  put(`${POLICIES}/of-git`);
  put(`${POLICIES}/of-another`, { labels: OURS, ownerReferences: owner('Application') });
  put(`${ROLES}/portlock-operator`, { labels: NAME });
  put(`${ROLES}/mine`, { labels: NAME });
  put(CRD);
  put(REPORT);
  put(LEASE);
});

const said = (policies: UninstallFlags['policies'], mode: UninstallFlags['mode']) =>
  saidBy((streams) => runUninstall({ policies, mode }, scripted.client, streams));
const writes = () => scripted.server.requests.filter(({ method }) => method !== 'GET');

describe('uninstall', () => {
  test('only tells what it would do, where nobody says yes', async () => {
    const { stdout, stderr, exitCode } = await said('remove', 'tell');
    expect(stdout.split('\n')).toEqual([
      'deployments.apps portlock-system/portlock-controller-manager would be deleted',
      'networkpolicies.networking.k8s.io shop/web-portlock would be deleted',
      'networkpolicies.networking.k8s.io shop/of-another left: Application controls it',
      'customresourcedefinitions.apiextensions.k8s.io portexposurereports.portlock.dev would be deleted with 1 report',
      'clusterroles.rbac.authorization.k8s.io portlock-operator would be deleted',
      'leases.coordination.k8s.io portlock-system/portlock-leader would be deleted',
      '',
    ]);
    expect(stderr).toBe('Nothing was done: repeat it with --yes to do it.\n');
    expect(exitCode).toBe(0);
    expect(writes()).toEqual([]);
  });

  test('tells of whoever will put the operator back', async () => {
    put(OPERATOR, {
      labels: {
        ...NAME,
        'app.kubernetes.io/component': 'operator',
        'kustomize.toolkit.fluxcd.io/name': 'infra',
        'kustomize.toolkit.fluxcd.io/namespace': 'flux-system',
      },
    });
    const { stderr } = await said('keep', 'tell');
    expect(stderr).toContain(
      'deployments.apps portlock-system/portlock-controller-manager: the Kustomization flux-system/infra of Flux keeps it',
    );
  });

  test('keeps the policies in force, and takes all else', async () => {
    const { stdout } = await said('keep', 'do');
    expect(stdout).toContain('shop/web-portlock kept\n');
    for (const path of [OPERATOR, CRD, LEASE, `${ROLES}/portlock-operator`])
      expect(kept.at(path)).toBeUndefined();
    const left = kept.all('networkpolicies').map(({ metadata }) => metadata.name);
    expect(left).toEqual(['web-portlock', 'of-git', 'of-another']);
    expect(kept.at(`${ROLES}/mine`)).toBeDefined();
  });

  test('removes its own policies alone, by their uid, once the operator is gone', async () => {
    await said('remove', 'do');
    const left = kept.all('networkpolicies').map(({ metadata }) => metadata.name);
    expect(left).toEqual(['of-git', 'of-another']);
    const [first, second] = writes();
    expect(first?.path).toBe(OPERATOR);
    expect(second?.path).toBe(`${POLICIES}/web-portlock`);
    expect(JSON.parse(second?.body ?? '').preconditions.uid).toMatch(/^uid-of-/);
  });

  test('waits for the pods of the operator, which would put policies back', async () => {
    const labels = { ...NAME, 'app.kubernetes.io/component': 'operator' };
    const pod = '/api/v1/namespaces/portlock-system/pods/portlock-0';
    put(pod, { labels });
    let asked = 0;
    scripted.server.allow('GET /api/v1/pods', (response, request) => {
      expect(writes().map(({ path }) => path)).toEqual([OPERATOR]);
      asked += 1;
      if (asked === 2) kept.remove(pod);
      return kept.answer(response, request);
    });
    await said('remove', 'do');
    expect(asked).toBe(2);
  });

  test('leaves a policy that took the place of the one that was seen', async () => {
    scripted.server.allow(`DELETE ${POLICIES}/web-portlock`, (response) =>
      sendStatus(response, 409, { reason: 'Conflict', message: 'uid differs' }),
    );
    const { stdout } = await said('remove', 'do');
    expect(stdout).toContain('shop/web-portlock left: it is another one by now\n');
  });

  test('leaves what somebody deleted meanwhile, and goes on', async () => {
    scripted.server.allow(`DELETE ${POLICIES}/web-portlock`, (response) =>
      sendStatus(response, 404, { reason: 'NotFound', message: 'gone' }),
    );
    const { stdout } = await said('remove', 'do');
    expect(stdout).not.toContain('shop/web-portlock');
    expect(kept.at(LEASE)).toBeUndefined();
  });

  test('takes nothing of others that have its labels or its name', async () => {
    const others = [
      '/apis/apps/v1/namespaces/shop/deployments/portlock',
      '/api/v1/namespaces/shop/services/portlock-metrics',
      '/apis/rbac.authorization.k8s.io/v1/clusterrolebindings/portlock-operator',
      '/apis/coordination.k8s.io/v1/namespaces/shop/leases/other',
    ];
    for (const path of others) put(path, { labels: { 'app.kubernetes.io/name': 'shop' } });
    await said('remove', 'do');
    for (const path of others) expect(kept.at(path)).toBeDefined();
  });

  test.each(['Deployment', 'StatefulSet', 'DaemonSet', 'Job', 'CronJob', 'Rollout'])(
    'removes the policy of a %s',
    async (kind) => {
      put(`${POLICIES}/own`, { labels: OURS, ownerReferences: owner(kind) });
      await said('remove', 'tell').then(({ stdout }) =>
        expect(stdout).toContain('shop/own would be deleted\n'),
      );
    },
  );

  test('removes a policy that nothing controls any more', async () => {
    const [reference] = owner('Deployment');
    put(`${POLICIES}/left`, { labels: OURS });
    put(`${POLICIES}/owned`, {
      labels: OURS,
      ownerReferences: [{ ...reference, kind: 'Application', controller: false }],
    });
    const { stdout } = await said('remove', 'tell');
    expect(stdout).toContain('shop/left would be deleted\n');
    expect(stdout).toContain('shop/owned would be deleted\n');
  });

  test('says which right is missing to delete', async () => {
    scripted.server.allow(`DELETE ${OPERATOR}`, (response) =>
      sendStatus(response, 403, { reason: 'Forbidden', message: 'no' }),
    );
    await expect(said('keep', 'do')).rejects.toThrow(
      'not allowed to delete deployments.apps in the namespace "portlock-system"',
    );
    expect(kept.at(CRD)).toBeDefined();
  });

  test('says which right is missing', async () => {
    scripted.server.allow('GET /apis/networking.k8s.io/v1/networkpolicies', (response) =>
      sendStatus(response, 403, { reason: 'Forbidden', message: 'no' }),
    );
    await expect(said('keep', 'tell')).rejects.toThrow(
      'not allowed to list networkpolicies.networking.k8s.io in all namespaces',
    );
  });

  test('takes a cluster that lacks a kind as one without objects of it', async () => {
    kept.notServed.add('validatingadmissionpolicies').add('portexposurereports');
    expect((await said('remove', 'do')).stdout).toContain('with 0 reports');
  });
});
