import { describe, expect, test } from 'vitest';
import { sumOf } from '../testing/metric-samples.ts';
import {
  type RunningOperator,
  runningOperators,
  WEB_ON_THE_WIRE,
} from '../testing/running-operators.ts';
import { sendStatus } from '../testing/scripted-api-server.ts';
import { inWords, POLICY, REPORT, SHOP, WEB } from '../testing/shop-paths.ts';
import { until } from '../testing/until.ts';

const scene = runningOperators();

const LEASES = '/apis/coordination.k8s.io/v1/namespaces/portlock-system/leases';
const LEADER = `${LEASES}/portlock-leader`;
const DEFINITION = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';

const asked = () => inWords(scene.server.requests);
const lists = (path: string) =>
  scene.server.requests.filter((request) => request.path === path && !request.query.has('watch'));
const holder = (path: string) =>
  (scene.kept.at(path)?.spec as { holderIdentity?: string } | undefined)?.holderIdentity;
const gauge = ({ metrics }: RunningOperator) => sumOf(metrics, 'leader_election_master_status');

async function policyIsThere(): Promise<void> {
  await until('the policy is there', () => scene.kept.at(POLICY), 30_000);
}

describe('a replica', () => {
  test('reads the cluster, takes the lease and keeps the policy', async () => {
    const replica = scene.start();
    expect(replica.operator.isReady).toBe(false);
    await policyIsThere();
    expect(replica.operator.isReady).toBe(true);
    expect(replica.operator.isAlive).toBe(true);
    expect(replica.operator.outages).toEqual([]);
    expect(await gauge(replica)).toBe(1);
    const lines = replica.lines.map(({ line }) => line);
    expect(lines).toContain('info: The caches are full');
    expect(lines).toContain('info: Started leading');
    expect(replica.lines.find(({ line }) => line.includes('caches'))?.workloads).toBe(1);
    const { values } = await replica.metrics.requests.get();
    expect(
      values.find(({ labels }) => labels.method === 'GET' && labels.code === '200'),
    ).toBeDefined();
  });

  test.each([
    '/api/v1/pods',
    '/api/v1/namespaces',
    '/api/v1/services',
    '/apis/apps/v1/deployments',
    '/apis/apps/v1/statefulsets',
    '/apis/apps/v1/daemonsets',
    '/apis/apps/v1/replicasets',
    '/apis/networking.k8s.io/v1/networkpolicies',
    '/apis/networking.k8s.io/v1/ingresses',
    '/apis/discovery.k8s.io/v1/endpointslices',
    '/apis/portlock.dev/v1alpha1/portexposurereports',
    '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations',
    '/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations',
    '/apis/apiregistration.k8s.io/v1/apiservices',
    DEFINITION,
    LEASES,
  ])('is not ready before it has listed %s, and writes nothing', async (path) => {
    const { promise, resolve } = Promise.withResolvers<void>();
    scene.server.expect(`GET ${path}`, async (response, request) => {
      await promise;
      scene.kept.answer(response, request);
    });
    const replica = scene.start();
    await until('it is asked for', () => lists(path).length > 0);
    await until('all else is listed', () => lists('/api/v1/pods').length > 0);
    expect(replica.operator.isReady).toBe(false);
    expect(asked().filter((words) => !words.startsWith('GET'))).toEqual([]);
    resolve();
    await until('it is ready', () => replica.operator.isReady);
  });

  test('sees to what nobody labelled by the default mode, but in its own namespace', async () => {
    const own = WEB.replace('/shop/', '/portlock-system/');
    const unlabelled = { ...WEB_ON_THE_WIRE.metadata, labels: {} };
    scene.kept.put(WEB, { ...WEB_ON_THE_WIRE, metadata: unlabelled });
    const elsewhere = { ...unlabelled, namespace: 'portlock-system', uid: 'uid-own' };
    scene.kept.put(own, { ...WEB_ON_THE_WIRE, metadata: elsewhere });
    const replica = scene.start('portlock-0', {
      modeDefaults: { mode: 'enforce', excludedNamespaces: [] },
    });
    await policyIsThere();
    const full = replica.lines.find(({ line }) => line.includes('caches'));
    expect(full?.workloads).toBe(1);
  });

  test('gives its leases back when it ends', async () => {
    const replica = scene.start();
    await policyIsThere();
    await until('it is seen', () => holder(`${LEASES}/portlock-replica-portlock-0`));
    expect(holder(LEADER)).not.toBe('');
    await replica.stop();
    expect(holder(LEADER)).toBe('');
    expect(holder(`${LEASES}/portlock-replica-portlock-0`)).toBe('');
  });

  test('that is stopped before it was ready ends, and writes nothing', async () => {
    scene.server.allow('GET /api/v1/pods', (response) =>
      sendStatus(response, 503, { reason: 'ServiceUnavailable', message: 'not now' }),
    );
    const replica = scene.start();
    await until('it has asked', () => lists('/api/v1/pods').length > 0);
    await replica.stop();
    expect(replica.operator.isReady).toBe(false);
    expect(
      asked().filter((words) => /policy|report/.test(words) && !words.startsWith('GET')),
    ).toEqual([]);
    expect(replica.lines.map(({ line }) => line)).not.toContain('info: The caches are full');
  });

  test('that is stopped before it was ready decides nothing about what it knows already', async () => {
    for (let count = 0; count < 1000; count += 1) {
      const metadata = { ...WEB_ON_THE_WIRE.metadata, name: `web-${count}`, uid: `uid-${count}` };
      scene.kept.put(`${WEB}-${count}`, { ...WEB_ON_THE_WIRE, metadata });
    }
    scene.server.allow('GET /api/v1/services', (response) =>
      sendStatus(response, 503, { reason: 'ServiceUnavailable', message: 'not now' }),
    );
    const replica = scene.start();
    const isWatched = ({ path, query }: { path: string; query: URLSearchParams }) =>
      path === '/apis/apps/v1/deployments' && query.has('watch');
    await until('the workloads are known', () => scene.server.requests.some(isWatched));
    await replica.stop();
    expect(asked().filter((words) => !words.startsWith('GET'))).toEqual([]);
  });

  test('case 40: without a definition of reports keeps policies all the same', async () => {
    scene.kept.notServed.add('portexposurereports');
    const replica = scene.start();
    await policyIsThere();
    expect(replica.operator.isReady).toBe(true);
    expect(replica.operator.outages).toEqual([
      expect.stringContaining('The PortExposureReport definition is not installed'),
    ]);
    expect(scene.kept.at(REPORT)).toBeUndefined();
  });

  test('that may not keep its lease says so, once, and writes nothing', async () => {
    scene.server.allow(`GET ${LEADER}`, (response) =>
      sendStatus(response, 403, { reason: 'Forbidden', message: 'no' }),
    );
    const replica = scene.start();
    await until('it is told', () => replica.operator.outages.length > 0);
    expect(replica.operator.outages).toEqual([
      expect.stringContaining('Not allowed to use leases'),
    ]);
    await until('it is ready', () => replica.operator.isReady);
    expect(scene.kept.at(POLICY)).toBeUndefined();
    expect(await gauge(replica)).toBe(0);
  });
});

describe('what happens in the cluster', () => {
  test('is followed: an edit of the policy is put back, a workload that opts out is let go', async () => {
    scene.start();
    await policyIsThere();
    const { spec } = scene.kept.at(POLICY) ?? {};
    const live = scene.kept.at(POLICY);
    if (!live) throw new Error('there is no policy');
    scene.kept.put(POLICY, { ...live, spec: { podSelector: {}, ingress: [{}] } });
    await until(
      'it is put back',
      () => JSON.stringify(scene.kept.at(POLICY)?.spec) === JSON.stringify(spec),
    );
    const { labels: _, ...metadata } = WEB_ON_THE_WIRE.metadata;
    scene.kept.put(WEB, { ...WEB_ON_THE_WIRE, metadata });
    await until('the policy is gone', () => scene.kept.at(POLICY) === undefined);
    await until('the report is gone', () => scene.kept.at(REPORT) === undefined);
  });

  test('to a namespace is followed: its label opts its workloads in and out', async () => {
    const { labels: _, ...metadata } = WEB_ON_THE_WIRE.metadata;
    scene.kept.put(WEB, { ...WEB_ON_THE_WIRE, metadata });
    const replica = scene.start();
    await until('it leads', async () => (await gauge(replica)) === 1);
    expect(scene.kept.at(POLICY)).toBeUndefined();
    const opted = (labels: Record<string, string>) =>
      scene.kept.put(SHOP, { metadata: { name: 'shop', labels } });
    opted({ 'portlock.dev/mode': 'enforce' });
    await policyIsThere();
    opted({});
    await until('the policy is gone', () => scene.kept.at(POLICY) === undefined);
    opted({ 'portlock.dev/mode': 'enforce' });
    await policyIsThere();
    scene.kept.remove(SHOP);
    await until('it went with the namespace', () => scene.kept.at(POLICY) === undefined);
  });

  test('is read of kinds that a definition brings, while it is there', async () => {
    const replica = scene.start();
    await policyIsThere();
    const ROUTES = '/apis/gateway.networking.k8s.io/v1/httproutes';
    expect(lists(ROUTES)).toEqual([]);
    scene.kept.put(`${DEFINITION}/httproutes.gateway.networking.k8s.io`, {
      metadata: { name: 'httproutes.gateway.networking.k8s.io' },
      spec: {
        group: 'gateway.networking.k8s.io',
        names: { plural: 'httproutes', kind: 'HTTPRoute' },
        scope: 'Namespaced',
        versions: [{ name: 'v1', served: true, storage: true }],
      },
    });
    await until('they are read', () => lists(ROUTES).length > 0);
    await until('it is ready', () => replica.operator.isReady);
  });

  test('that is not as the API says is counted and named, and harms nothing', async () => {
    const replica = scene.start();
    await policyIsThere();
    scene.kept.put(WEB, { ...WEB_ON_THE_WIRE, spec: { selector: 7 } } as never);
    await until('it is named', () =>
      replica.lines.some(
        ({ resource, object }) => resource === 'deployments.apps' && object === 'shop/web',
      ),
    );
    const { values } = await replica.metrics.malformedObjects.get();
    expect(values).toContainEqual(
      expect.objectContaining({ labels: { resource: 'deployments.apps' }, value: 1 }),
    );
    expect(scene.kept.at(POLICY)).toBeDefined();
  });
});
