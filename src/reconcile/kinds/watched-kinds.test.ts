import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { objectKey, resourceName } from '../../kube/resource.ts';
import { namespace, pod, service, workload } from '../../testing/builders.ts';
import { fillStore } from '../../testing/fill-store.ts';
import { emptyCaches } from '../../testing/reconcile-context.ts';
import type { Caches } from '../caches.ts';
import { enqueueChanges } from '../enqueue.ts';
import type { KindCache } from './kind-cache.ts';
import { everyCache } from './kind-caches.ts';

const WEB = 'Deployment/shop/web';
const QUIET = 'Deployment/shop/quiet';
const OTHER = 'Deployment/other/web';

/** A wire object, whose `metadata` has a name and may say more. */
interface Wire {
  metadata: { name: string; namespace?: string; [field: string]: unknown };
  [field: string]: unknown;
}

/** Whom the coming and the going of an object concern: at once, and a second later. */
interface Expected {
  now?: readonly string[];
  later?: readonly string[];
}

interface Row {
  cache: (caches: Caches) => { kind: { resource: Parameters<typeof resourceName>[0] } };
  what: string;
  expected: Expected;
  /** Puts the object there in that version, as a reflector would. */
  put: (caches: Caches, resourceVersion: string) => void;
  remove: (caches: Caches) => void;
}

function row<T, Index extends string>(
  cache: (caches: Caches) => KindCache<T, Index>,
  what: string,
  wire: Wire,
  expected: Expected,
): Row {
  const key = objectKey(wire.metadata);
  return {
    cache,
    what,
    expected,
    put: (caches, resourceVersion) => {
      const to = cache(caches);
      const metadata = { uid: 'uid-1', ...wire.metadata, resourceVersion };
      const value = to.kind.project({ ...wire, metadata }, () => {});
      to.set({ key, uid: 'uid-1', resourceVersion }, value, 'watch');
    },
    remove: (caches) => cache(caches).delete(key, 'watch'),
  };
}

const at = (name: string, where = 'shop') => ({ metadata: { name, namespace: where } });
const controlledBy = (kind: string, name: string, uid: string) => ({
  ownerReferences: [{ apiVersion: 'apps/v1', kind, name, uid, controller: true }],
});
/** A workload that has opted in, or not, and whose pods have that label. */
const workloadWire = (app: string, labels: Record<string, string>): Wire => ({
  metadata: { name: 'new', namespace: 'shop', labels },
  spec: {
    selector: { matchLabels: { app } },
    template: { metadata: { labels: { app } }, spec: { containers: [] } },
  },
});
const optedIn = workloadWire('new', { 'portlock.dev/mode': 'enforce' });
const cronJob = ({ metadata, spec }: Wire): Wire => ({ metadata, spec: { jobTemplate: { spec } } });
const ofCronJob = {
  ownerReferences: [
    {
      apiVersion: 'batch/v1',
      kind: 'CronJob',
      name: 'nightly',
      uid: 'uid-nightly',
      controller: true,
    },
  ],
};
const borrowing = (name: string): Wire => ({
  metadata: optedIn.metadata,
  spec: { workloadRef: { apiVersion: 'apps/v1', kind: 'Deployment', name } },
});
const listing = (address: string): Wire => ({
  ...at('web-x'),
  addressType: 'IPv4',
  endpoints: [{ addresses: [address] }],
});
const ingressTo = (name: string): Wire => ({
  ...at('web'),
  spec: { defaultBackend: { service: { name, port: { number: 80 } } } },
});
const route = (backend: object): Wire => ({
  ...at('edge', 'edge'),
  spec: { rules: [{ backendRefs: [{ name: 'web', port: 80, ...backend }] }] },
});
const inShopService = { name: 'web', namespace: 'shop', port: 80 };
const traefik: Wire = { ...at('edge', 'edge'), spec: { routes: [{ services: [inShopService] }] } };
const TRAEFIK_ROUTES = [
  'ingressRoutes',
  'ingressRouteTcps',
  'ingressRouteUdps',
  'ingressRoutesContainous',
  'ingressRouteTcpsContainous',
  'ingressRouteUdpsContainous',
] as const;
const kong: Wire = {
  ...at('own'),
  spec: { rules: [{ backend: { serviceName: 'web', servicePort: 80 } }] },
};
const monitor = (namespaceSelector: object): Wire => ({
  ...at('scraper', 'edge'),
  spec: { selector: {}, namespaceSelector },
});
const called = { service: { namespace: 'shop', name: 'web' } };
const webhooks: Wire = { metadata: { name: 'hooks' }, webhooks: [{ clientConfig: called }] };
const converted = { conversion: { strategy: 'Webhook', webhook: { clientConfig: called } } };
const everywhere: Wire = { metadata: { name: 'everywhere' }, spec: {} };
const inShop: Wire = { ...at('theirs'), spec: {} };

const ROWS: readonly Row[] = [
  row((c) => c.workloads.Deployment, 'that opted in', optedIn, { now: ['Deployment/shop/new'] }),
  row((c) => c.workloads.StatefulSet, 'that opted in', optedIn, { now: ['StatefulSet/shop/new'] }),
  row((c) => c.workloads.DaemonSet, 'that opted in', optedIn, { now: ['DaemonSet/shop/new'] }),
  row((c) => c.workloads.ReplicaSet, 'of nobody', optedIn, { now: ['ReplicaSet/shop/new'] }),
  row((c) => c.workloads.Job, 'of nobody', optedIn, { now: ['Job/shop/new'] }),
  row(
    (c) => c.workloads.Job,
    'of a CronJob that is not there',
    { ...optedIn, metadata: { ...optedIn.metadata, ...ofCronJob } },
    {},
  ),
  row((c) => c.workloads.CronJob, 'that opted in', cronJob(optedIn), {
    now: ['CronJob/shop/new'],
  }),
  row((c) => c.workloads.CronJob, 'under another’s selector', cronJob(workloadWire('web', {})), {
    now: [WEB],
  }),
  row((c) => c.workloads.Rollout, 'that opted in', optedIn, { now: ['Rollout/shop/new'] }),
  row((c) => c.workloads.Rollout, 'with the template of another’s', borrowing('web'), {
    now: ['Rollout/shop/new', WEB],
  }),
  row((c) => c.workloads.DaemonSet, 'under another’s selector', workloadWire('web', {}), {
    now: [WEB],
  }),
  row((c) => c.workloads.Deployment, 'that has not opted in', workloadWire('new', {}), {}),
  row(
    (c) => c.workloads.ReplicaSet,
    'of a Deployment',
    { metadata: { ...at('web-2').metadata, ...controlledBy('Deployment', 'web', 'uid-web') } },
    { now: [WEB] },
  ),
  row(
    (c) => c.workloads.ReplicaSet,
    'of an earlier Deployment of that name',
    { metadata: { ...at('web-2').metadata, ...controlledBy('Deployment', 'web', 'uid-gone') } },
    {},
  ),
  row(
    (c) => c.pods,
    'under a selector',
    { metadata: { ...at('web-2').metadata, labels: { app: 'web' } } },
    { now: [WEB] },
  ),
  row(
    (c) => c.pods,
    'whose label was taken away',
    { metadata: { ...at('web-2').metadata, ...controlledBy('ReplicaSet', 'web-rs', 'uid-rs') } },
    { now: [WEB] },
  ),
  row((c) => c.pods, 'of nobody', at('stray'), {}),
  row((c) => c.namespaces, 'without a mode', { metadata: { name: 'shop' } }, { now: [WEB] }),
  row(
    (c) => c.namespaces,
    'with a mode for its workloads',
    { metadata: { name: 'shop', labels: { 'portlock.dev/mode': 'audit' } } },
    { now: [WEB, QUIET] },
  ),
  row(
    (c) => c.policies,
    'about the template’s labels',
    { ...at('theirs'), spec: { podSelector: { matchLabels: { app: 'web' } } } },
    { now: [WEB] },
  ),
  row(
    (c) => c.policies,
    'about a label that only a live pod has',
    { ...at('theirs'), spec: { podSelector: { matchLabels: { injected: 'yes' } } } },
    { now: [WEB] },
  ),
  row(
    (c) => c.policies,
    'that has the name of one of ours',
    { ...at('web-portlock'), spec: { podSelector: { matchLabels: { app: 'none' } } } },
    { now: [WEB] },
  ),
  row(
    (c) => c.policies,
    'about other pods',
    { ...at('theirs'), spec: { podSelector: { matchLabels: { app: 'none' } } } },
    {},
  ),
  row(
    (c) => c.reports,
    'on a StatefulSet',
    {
      ...at('db'),
      spec: { targetRef: { apiVersion: 'apps/v1', kind: 'StatefulSet', name: 'db' } },
    },
    { now: ['StatefulSet/shop/db'] },
  ),
  row(
    (c) => c.reports,
    'on what cannot opt in',
    { ...at('x'), spec: { targetRef: { apiVersion: 'v1', kind: 'Deployment', name: 'web' } } },
    {},
  ),
  row((c) => c.leases, 'of a replica', at('portlock-replica-a', 'portlock-system'), {}),
  row(
    (c) => c.usage.services,
    'that selects pods',
    { ...at('to-web'), spec: { selector: { app: 'web', injected: 'yes' } } },
    { now: [WEB] },
  ),
  row(
    (c) => c.usage.services,
    'that selects pods to come',
    { ...at('to-web'), spec: { selector: { app: 'web', 'pod-template-hash': 'x' } } },
    { now: [WEB] },
  ),
  row(
    (c) => c.usage.services,
    'that selects others',
    { ...at('to-api'), spec: { selector: { app: 'api' } } },
    {},
  ),
  row(
    (c) => c.usage.services,
    'that is another name of one of the namespace',
    {
      ...at('alias', 'edge'),
      spec: { type: 'ExternalName', externalName: 'web.shop.svc.cluster.local' },
    },
    { later: [WEB] },
  ),
  row((c) => c.usage.endpointSlices, 'that lists a pod', listing('10.0.0.1'), { now: [WEB] }),
  row((c) => c.usage.endpointSlices, 'that lists nothing of ours', listing('10.0.0.9'), {}),
  row((c) => c.usage.ingresses, 'to what is not there', ingressTo('gone'), {}),
  row((c) => c.usage.ingresses, 'to a Service', ingressTo('web'), { now: [WEB] }),
  row((c) => c.routes.httpRoutes, 'to the namespace', route({ namespace: 'shop' }), {
    later: [WEB],
  }),
  row((c) => c.routes.grpcRoutes, 'to the namespace', route({ namespace: 'shop' }), {
    later: [WEB],
  }),
  row((c) => c.routes.tcpRoutes, 'to the namespace', route({ namespace: 'shop' }), {
    later: [WEB],
  }),
  row((c) => c.routes.tlsRoutes, 'to the namespace', route({ namespace: 'shop' }), {
    later: [WEB],
  }),
  row((c) => c.routes.udpRoutes, 'to the namespace', route({ namespace: 'shop' }), {
    later: [WEB],
  }),
  row(
    (c) => c.routes.httpRoutes,
    'to its own namespace',
    { ...route({}), ...at('own') },
    { later: [WEB] },
  ),
  ...TRAEFIK_ROUTES.map((name) =>
    row((c) => c.routes[name], 'to the namespace', traefik, { later: [WEB] }),
  ),
  row(
    (c) => c.routes.traefikServices,
    'to the namespace',
    { ...at('edge', 'edge'), spec: { mirroring: inShopService } },
    { later: [WEB] },
  ),
  row(
    (c) => c.routes.traefikServicesContainous,
    'to its own namespace',
    { ...at('own'), spec: { weighted: { services: [{ name: 'web', port: 80 }] } } },
    { later: [WEB] },
  ),
  row(
    (c) => c.routes.httpProxies,
    'to its own namespace',
    { ...at('own'), spec: { tcpproxy: { services: [{ name: 'web', port: 80 }] } } },
    { later: [WEB] },
  ),
  row(
    (c) => c.routes.openShiftRoutes,
    'to its own namespace',
    { ...at('own'), spec: { to: { kind: 'Service', name: 'web' } } },
    { later: [WEB] },
  ),
  row(
    (c) => c.routes.virtualServices,
    'to the namespace',
    {
      ...at('edge', 'edge'),
      spec: { tcp: [{ route: [{ destination: { host: 'web.shop.svc.cluster.local' } }] }] },
    },
    { later: [WEB] },
  ),
  row((c) => c.routes.tcpIngresses, 'to its own namespace', kong, { later: [WEB] }),
  row((c) => c.routes.udpIngresses, 'to its own namespace', kong, { later: [WEB] }),
  row(
    (c) => c.routes.mappings,
    'to the namespace',
    { ...at('edge', 'edge'), spec: { service: 'web.shop:8080' } },
    { later: [WEB] },
  ),
  row(
    (c) => c.routes.tcpMappings,
    'to its own namespace',
    { ...at('own'), spec: { service: 'web:8080' } },
    { later: [WEB] },
  ),
  row(
    (c) => c.routes.routeGroups,
    'to its own namespace',
    {
      ...at('own'),
      spec: { backends: [{ type: 'service', serviceName: 'web', servicePort: 80 }] },
    },
    { later: [WEB] },
  ),
  row((c) => c.usage.serviceMonitors, 'of all namespaces', monitor({ any: true }), {
    later: [WEB, OTHER],
  }),
  row((c) => c.usage.podMonitors, 'of a namespace', monitor({ matchNames: ['shop'] }), {
    later: [WEB],
  }),
  row(
    (c) => c.usage.podMonitors,
    'of its own namespace',
    { ...monitor({}), ...at('own') },
    {
      later: [WEB],
    },
  ),
  row((c) => c.usage.vmServiceScrapes, 'of all namespaces', monitor({ any: true }), {
    later: [WEB, OTHER],
  }),
  row((c) => c.usage.podMonitorings, 'of its namespace', inShop, { later: [WEB] }),
  row((c) => c.usage.clusterPodMonitorings, 'of the cluster', monitor({}), { later: [WEB, OTHER] }),
  row((c) => c.usage.vmPodScrapes, 'of a namespace', monitor({ matchNames: ['shop'] }), {
    later: [WEB],
  }),
  row(
    (c) => c.usage.inferencePools,
    'of its members',
    { ...at('pool'), spec: { selector: { matchLabels: { app: 'web' } } } },
    { now: [WEB] },
  ),
  row(
    (c) => c.usage.inferencePoolsAlpha,
    'of its members',
    { ...at('pool'), spec: { selector: { app: 'web' } } },
    { now: [WEB] },
  ),
  row((c) => c.usage.validatingWebhooks, 'to a Service', webhooks, { later: [WEB] }),
  row((c) => c.usage.mutatingWebhooks, 'to a Service', webhooks, { later: [WEB] }),
  row(
    (c) => c.usage.definitions,
    'that a Service converts',
    { metadata: { name: 'things.example.com' }, spec: converted },
    { later: [WEB] },
  ),
  row(
    (c) => c.usage.definitions,
    'that nobody converts',
    { metadata: { name: 'things.example.com' }, spec: {} },
    {},
  ),
  row(
    (c) => c.usage.apiServices,
    'of a Service',
    { metadata: { name: 'v1.example.com' }, spec: called },
    { later: [WEB] },
  ),
  row((c) => c.tiered.admin, 'of the cluster', everywhere, { later: [WEB, OTHER] }),
  row((c) => c.tiered.baseline, 'of the cluster', everywhere, { later: [WEB, OTHER] }),
  row((c) => c.tiered.cluster, 'of the cluster', everywhere, { later: [WEB, OTHER] }),
  row((c) => c.plugins.cilium, 'of the namespace', inShop, { later: [WEB] }),
  row((c) => c.plugins.ciliumClusterwide, 'of the cluster', everywhere, { later: [WEB, OTHER] }),
  row((c) => c.plugins.calico, 'of the namespace', inShop, { later: [WEB] }),
  row((c) => c.plugins.calicoGlobal, 'of the cluster', everywhere, { later: [WEB, OTHER] }),
  row((c) => c.plugins.calicoCrd, 'of the namespace', inShop, { later: [WEB] }),
  row((c) => c.plugins.calicoCrdGlobal, 'of the cluster', everywhere, { later: [WEB, OTHER] }),
  row((c) => c.plugins.antrea, 'of the namespace', inShop, { later: [WEB] }),
  row((c) => c.plugins.antreaCluster, 'of the cluster', everywhere, { later: [WEB, OTHER] }),
  row((c) => c.plugins.kubeOvnSecurityGroups, 'of the cluster', everywhere, {
    later: [WEB, OTHER],
  }),
  row((c) => c.plugins.kubeOvnSubnets, 'of the cluster', everywhere, { later: [WEB, OTHER] }),
];

const nameOf = ({ cache }: Row) => resourceName(cache(emptyCaches()).kind.resource);

test('whom a change concerns is told below for every watched kind', () => {
  const watched = everyCache(emptyCaches()).map(({ kind }) => resourceName(kind.resource));
  expect([...new Set(ROWS.map(nameOf))].sort()).toEqual(watched.sort());
});

describe('of a cluster with two workloads that opted in and one that did not', () => {
  let caches: Caches;
  let queued: string[];
  let stop = () => {};

  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    caches = emptyCaches();
    fillStore(caches.namespaces, [namespace({ name: 'other' })]);
    const quiet = { labels: { app: 'quiet' } };
    fillStore(caches.workloads.Deployment, [
      workload(),
      workload({
        name: 'quiet',
        uid: 'uid-quiet',
        mode: undefined,
        selector: { matchLabels: quiet.labels },
        template: { ...workload().template, ...quiet },
      }),
      workload({ namespace: 'other', uid: 'uid-other' }),
    ]);
    const owner = { ownerUid: 'uid-web', ownerKind: 'Deployment', ownerName: 'web' };
    fillStore(caches.workloads.ReplicaSet, [
      {
        kind: 'ReplicaSet',
        namespace: 'shop',
        name: 'web-rs',
        uid: 'uid-rs',
        labels: { app: 'web' },
        ...owner,
      },
    ]);
    fillStore(caches.pods, [pod({ labels: { app: 'web', injected: 'yes' } })]);
    fillStore(caches.usage.services, [service(80)]);
    queued = [];
    stop = enqueueChanges(caches, (key) => queued.push(key));
  });

  afterEach(() => {
    stop();
    vi.useRealTimers();
  });

  /** What is queued at once, and a second later. */
  function queuedBy(change: () => void): Required<Expected> {
    // Long enough that an earlier look is not waited for.
    vi.advanceTimersByTime(60_000);
    queued.length = 0;
    change();
    const now = [...queued];
    vi.advanceTimersByTime(1000);
    return { now, later: queued.slice(now.length) };
  }

  describe.each(ROWS.map((each) => [nameOf(each), each.what, each] as const))(
    '%s %s',
    (_name, _what, { put, remove, expected }) => {
      const concerned = { now: [], later: [], ...expected };

      test(`concerns ${Object.values(expected).flat().join(' and ') || 'nobody'}`, () => {
        expect(queuedBy(() => put(caches, '1'))).toEqual(concerned);
        expect(queuedBy(() => put(caches, '2'))).toEqual({ now: [], later: [] });
        expect(queuedBy(() => remove(caches))).toEqual(concerned);
      });
    },
  );

  test('what an object was about is concerned, and what it is about now', () => {
    const put = (matchNames: string[], version: string) =>
      row((c) => c.usage.podMonitors, '', monitor({ matchNames }), {}).put(caches, version);
    put(['shop'], '1');
    expect(queuedBy(() => put(['other'], '2')).later).toEqual([WEB, OTHER]);
    const label = (app: string, version: string) =>
      row((c) => c.pods, '', { metadata: { ...at('stray').metadata, labels: { app } } }, {}).put(
        caches,
        version,
      );
    label('web', '1');
    expect(queuedBy(() => label('none', '2')).now).toEqual([WEB]);
    expect(queuedBy(() => label('web', '3')).now).toEqual([WEB]);
  });
});
