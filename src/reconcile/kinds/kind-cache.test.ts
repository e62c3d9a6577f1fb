import { afterEach, beforeEach, expect, test } from 'vitest';
import { resourceName, resourcePath } from '../../kube/resource.ts';
import { createLog } from '../../telemetry/log.ts';
import { createMetrics } from '../../telemetry/metrics.ts';
import { emptyCaches } from '../../testing/reconcile-context.ts';
import { openWatch, sendJson, sendStatus } from '../../testing/scripted-api-server.ts';
import { scriptedClient } from '../../testing/scripted-client.ts';
import { until } from '../../testing/until.ts';
import type { Caches } from '../caches.ts';
import { MalformedObjects } from '../malformed-objects.ts';
import { Outages } from '../outages.ts';
import { Reflectors } from '../reflectors.ts';
import { everyCache } from './kind-caches.ts';

const scripted = scriptedClient();
const NOT_FOUND = { reason: 'NotFound', message: 'not served' };

/** What is there in every cluster, with what the operator needs of its own. */
const ALWAYS = [
  '/api/v1/pods',
  '/api/v1/services',
  '/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations',
  '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations',
  '/apis/apiextensions.k8s.io/v1/customresourcedefinitions',
  '/apis/apiregistration.k8s.io/v1/apiservices',
  '/apis/apps/v1/daemonsets',
  '/apis/apps/v1/deployments',
  '/apis/apps/v1/replicasets',
  '/apis/apps/v1/statefulsets',
  '/apis/batch/v1/cronjobs',
  '/apis/batch/v1/jobs',
  '/apis/coordination.k8s.io/v1/namespaces/portlock-system/leases',
  '/apis/discovery.k8s.io/v1/endpointslices',
  '/apis/networking.k8s.io/v1/ingresses',
  '/apis/networking.k8s.io/v1/networkpolicies',
  '/apis/portlock.dev/v1alpha1/portexposurereports',
];

let caches: Caches;
let reflectors: Reflectors;
let stop: AbortController;

beforeEach(() => {
  caches = emptyCaches();
  stop = new AbortController();
  const log = createLog('error');
  const metrics = createMetrics();
  reflectors = new Reflectors({
    client: scripted.client,
    outages: new Outages(log),
    malformed: new MalformedObjects(log, metrics),
    metrics,
    relist: [60_000, 60_000],
  });
});

afterEach(() => stop.abort());

/** Follows every kind in a cluster that has nothing in it, and does not serve those. */
function follow(notServed: readonly string[] = []): void {
  for (const { kind } of everyCache(caches)) {
    const isThere = !notServed.includes(resourceName(kind.resource));
    const namespace = kind.followed === 'inOwnNamespace' ? 'portlock-system' : undefined;
    scripted.server.allow(
      `GET ${resourcePath(kind.resource, { namespace })}`,
      (response, { query }) => {
        if (!isThere) sendStatus(response, 404, NOT_FOUND);
        else if (query.has('watch')) openWatch(response);
        else sendJson(response, { metadata: { resourceVersion: '5' }, items: [] });
      },
    );
  }
  for (const cache of everyCache(caches)) {
    cache.follow({
      reflectors,
      definitions: caches.usage.definitions,
      apiServices: caches.usage.apiServices,
      ownNamespace: 'portlock-system',
      namespaces: undefined,
      onServed: () => {},
      signal: stop.signal,
    });
  }
}

const isBrought = ({ followed }: { followed: string }) =>
  followed === 'whileDefined' || followed === 'whileServed';

const asked = () => [...new Set(scripted.server.requests.map(({ path }) => path))].sort();

test('what every cluster has is followed, in all namespaces but for the Leases', async () => {
  follow();
  await until('all are full', () => reflectors.areReady);
  expect(asked()).toEqual(ALWAYS);
});

test('what a definition brings is followed once it is there', async () => {
  follow();
  await until('the definitions were listed', () => reflectors.areReady);
  const brought = everyCache(caches).filter(({ kind }) => isBrought(kind));
  expect(brought).toHaveLength(43);
  for (const { kind } of brought) {
    const name = resourceName(kind.resource);
    const identity = { key: name, uid: name, resourceVersion: '4' };
    const versions = [kind.resource.version];
    caches.usage.definitions.set(identity, { name, versions, service: undefined }, 'watch');
  }
  const paths = brought.map(({ kind }) => resourcePath(kind.resource, {}));
  await until('all are asked for', () => asked().length >= ALWAYS.length + brought.length);
  expect(asked()).toEqual([...ALWAYS, ...paths].sort());
});

test('what only an API server of its own may bring is followed while that is registered', async () => {
  follow();
  await until('the APIServices were listed', () => reflectors.areReady);
  const { apiServices } = caches.usage;
  for (const [index, version] of ['v1.route.openshift.io', 'v3.projectcalico.org'].entries()) {
    const identity = { key: version, uid: `${index}`, resourceVersion: '4' };
    const service = { namespace: 'api', name: 'api', port: 443 };
    apiServices.set(identity, { name: version, service }, 'watch');
  }
  const routes = '/apis/route.openshift.io/v1/routes';
  await until('they are asked for', () => asked().includes(routes));
  expect(asked()).toEqual([...ALWAYS, routes].sort());
});

test('without the definition of reports the operator is ready all the same', async () => {
  follow(['portexposurereports.portlock.dev']);
  await until('all but the reports are full', () => reflectors.areReady);
});

test('a kind that every cluster has keeps the operator from being ready where it is not served', async () => {
  follow(['pods']);
  const others = everyCache(caches)
    .map(({ kind }) => kind)
    .filter(({ resource, followed }) => followed === 'always' && resource.plural !== 'pods');
  await until('all but the pods are full', () =>
    others.every(({ resource }) => reflectors.isServed(resource)),
  );
  await until('pods were asked for', () => asked().includes('/api/v1/pods'));
  expect(reflectors.areReady).toBe(false);
});
