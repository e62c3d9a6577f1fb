import fc from 'fast-check';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { LabelSelector } from '../api/kubernetes.ts';
import { portUses } from '../domain/preflight/port-uses.ts';
import type {
  ClusterUsage,
  EndpointSlice,
  InferencePool,
  Ingress,
  NamedService,
  Route,
  Service,
} from '../domain/preflight/usage.ts';
import type { Pod, Workload } from '../domain/workload/workload.ts';
import { objectKey } from '../kube/resource.ts';
import type { Store } from '../kube/store.ts';
import { namespace, pod, service, template, workload } from '../testing/builders.ts';
import { monitor } from '../testing/preflight-builders.ts';
import { runs } from '../testing/property-runs.ts';
import { emptyCaches } from '../testing/reconcile-context.ts';
import type { Caches } from './caches.ts';
import { enqueueChanges } from './enqueue.ts';
import { workloadKey } from './workload-key.ts';

/** Two namespaces with two workloads each, in which whatever can meet does meet. */
const NAMESPACES = ['shop', 'edge'] as const;
const NAMES = ['web', 'api'] as const;
const ADDRESSES = ['10.0.0.1', '10.0.0.2', '10.0.0.3', '10.0.0.4', '192.0.2.1'] as const;

const anyNamespace = fc.constantFrom(...NAMESPACES);
const anyName = fc.constantFrom(...NAMES);
const anyPort = fc.constantFrom(80, 8080, 9090);
const anyAddresses = fc.subarray([...ADDRESSES]);

const anyNamed: fc.Arbitrary<NamedService> = fc
  .record({
    namespace: anyNamespace,
    service: anyName,
    port: fc.option(anyPort, { nil: undefined }),
    byHost: fc.boolean(),
  })
  .map(({ byHost, ...fields }) => ({
    annotation: 'auth-url',
    ...fields,
    ...(byHost && { byHost }),
  }));
const anyService: fc.Arbitrary<Service> = fc
  .record({
    namespace: anyNamespace,
    name: anyName,
    selector: fc.constantFrom<Record<string, string>>(
      {},
      { app: 'web' },
      { app: 'api' },
      { app: 'web', injected: 'yes' },
      { app: 'web', role: 'primary' },
      { app: 'api', role: 'primary' },
      { app: 'web', 'pod-template-hash': 'x' },
      { 'pod-template-hash': 'x' },
      { 'statefulset.kubernetes.io/pod-name': 'api-0' },
    ),
    externalName: fc.constantFrom(
      undefined,
      undefined,
      undefined,
      'web.shop.svc.cluster.local',
      'web.edge.svc.cluster.local',
    ),
    headless: fc.boolean(),
    exposure: fc.constantFrom(undefined, 'LoadBalancer' as const),
    named: fc.array(anyNamed, { maxLength: 1 }),
    balancedByIngress: fc.constantFrom(undefined, true as const),
    addresses: fc.subarray(['192.0.2.9']),
    port: anyPort,
  })
  .map(({ port, balancedByIngress, ...fields }) => ({
    ...service(port),
    ...fields,
    ...(balancedByIngress && { balancedByIngress }),
    labels: { team: 'a' },
  }));
const anySlice: fc.Arbitrary<EndpointSlice> = fc.record({
  namespace: anyNamespace,
  name: anyName,
  service: fc.constantFrom(...NAMES, ''),
  ports: anyPort.map((port) => [{ name: '', protocol: 'TCP' as const, port }]),
  addresses: anyAddresses,
  readyAddresses: fc.constant([]),
});
const anyIngress: fc.Arbitrary<Ingress> = fc
  .record({
    namespace: anyNamespace,
    name: anyName,
    backends: fc.array(fc.record({ service: anyName, port: anyPort }), { maxLength: 2 }),
    addresses: fc.subarray(['192.0.2.9']),
    named: fc.array(anyNamed, { maxLength: 2 }),
    ingressClass: fc.constantFrom(undefined, undefined, 'alb', 'nginx'),
  })
  .map(({ ingressClass, ...fields }) => ({ ...fields, ...(ingressClass && { ingressClass }) }));
const anyRoute: fc.Arbitrary<Route> = fc.record({
  kind: fc.constantFrom('HTTPRoute' as const, 'VirtualService' as const),
  namespace: anyNamespace,
  name: anyName,
  backends: fc.array(
    fc.record({
      group: fc.constant(undefined),
      kind: fc.constant(undefined),
      namespace: fc.constantFrom(undefined, ...NAMESPACES),
      name: anyName,
      port: anyPort,
    }),
    { maxLength: 2 },
  ),
});
const anyMonitor = fc
  .record({
    namespace: anyNamespace,
    any: fc.boolean(),
    matchNames: fc.subarray([...NAMESPACES]),
    kind: fc.constantFrom('ServiceMonitor' as const, 'PodMonitor' as const),
    selector: fc.constantFrom<LabelSelector>(
      {},
      { matchLabels: { team: 'a' } },
      { matchLabels: { team: 'b' } },
      { matchLabels: { app: 'web' } },
      { matchLabels: { app: 'web', role: 'primary' } },
      { matchLabels: { app: 'web', 'pod-template-hash': 'x' } },
      { matchExpressions: [{ key: 'app', operator: 'In', values: ['api'] }] },
    ),
  })
  .map(({ namespace: from, any, matchNames, kind, selector }) =>
    monitor({}, { kind, selector, namespace: from, namespaceSelector: { any, matchNames } }),
  );
const anyPool: fc.Arbitrary<InferencePool> = fc
  .record({
    namespace: anyNamespace,
    name: anyName,
    selector: fc.constantFrom<Record<string, string>>(
      {},
      { app: 'web' },
      { app: 'web', injected: 'yes' },
      { app: 'api', role: 'primary' },
      { 'pod-template-hash': 'x' },
      { app: 'none' },
    ),
    targetPorts: anyPort.map((port) => [port]),
    picker: fc.option(fc.record({ service: anyName, port: anyPort }), { nil: undefined }),
  })
  .map(({ picker, ...fields }) => ({ ...fields, ...(picker && { picker }) }));
const anyWorld = fc.record({
  services: fc.array(anyService, { maxLength: 5 }),
  slices: fc.array(anySlice, { maxLength: 3 }),
  ingresses: fc.array(anyIngress, { maxLength: 3 }),
  routes: fc.array(anyRoute, { maxLength: 2 }),
  monitors: fc.array(anyMonitor, { maxLength: 2 }),
  pools: fc.array(anyPool, { maxLength: 2 }),
});

const WORKLOADS: Workload[] = NAMESPACES.flatMap((each) => [
  workload({ namespace: each, name: 'web', uid: `${each}-web` }),
  workload({
    namespace: each,
    name: 'api',
    uid: `${each}-api`,
    kind: 'StatefulSet',
    selector: { matchLabels: { app: 'api' } },
    template: template({ labels: { app: 'api' } }),
  }),
]);
const PODS: Pod[] = WORKLOADS.map(({ kind, namespace: where, name, uid }, index) =>
  pod({
    namespace: where,
    name: `${name}-0`,
    uid: `pod-${index}`,
    ownerKind: kind,
    ownerUid: uid,
    ips: [ADDRESSES[index] ?? ''],
    labels: { app: name, injected: 'yes' },
  }),
);

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

let version = 0;
function put<T extends { namespace: string; name: string }>(
  store: Pick<Store<T>, 'set'>,
  value: T,
): void {
  version += 1;
  const key = objectKey({ namespace: value.namespace, name: value.name });
  store.set({ key, uid: key, resourceVersion: `${version}` }, value, 'watch');
}

function cachesOf(
  world: typeof anyWorld extends fc.Arbitrary<infer World> ? World : never,
): Caches {
  const caches = emptyCaches();
  for (const name of NAMESPACES)
    caches.namespaces.set(
      { key: name, uid: name, resourceVersion: '1' },
      namespace({ name }),
      'watch',
    );
  for (const each of WORKLOADS) put(caches.workloads[each.kind], each);
  for (const each of PODS) put(caches.pods, each);
  const { usage, routes } = caches;
  for (const each of world.services) put(usage.services, each);
  for (const each of world.slices) put(usage.endpointSlices, each);
  for (const each of world.ingresses) put(usage.ingresses, each);
  for (const each of world.pools) put(usage.inferencePools, each);
  for (const each of world.routes)
    put(each.kind === 'HTTPRoute' ? routes.httpRoutes : routes.virtualServices, each);
  for (const each of world.monitors)
    put(each.kind === 'PodMonitor' ? usage.podMonitors : usage.serviceMonitors, each);
  return caches;
}

/** Everything that is there, whoever it concerns. */
function wholeUsage({ usage, routes }: Caches, { entrances }: ClusterUsage): ClusterUsage {
  return {
    services: usage.services.list(),
    endpointSlices: usage.endpointSlices.list(),
    ingresses: usage.ingresses.list(),
    entrances,
    routes: [...routes.httpRoutes.list(), ...routes.virtualServices.list()],
    serviceMonitors: usage.serviceMonitors.list(),
    podMonitors: usage.podMonitors.list(),
    webhooks: [],
    definitions: [],
    inferencePools: usage.inferencePools.list(),
    apiServices: [],
    unread: [],
  };
}

function usageOf(caches: Caches, of: Workload): ClusterUsage {
  const { namespace: where, name, template: made } = of;
  const pods = podsOf(where, name);
  return caches.usageOf(where, pods, [made.labels, ...pods.map(({ labels }) => labels)], of);
}

function podsOf(where: string, name: string): Pod[] {
  return PODS.filter((each) => each.namespace === where && each.name === `${name}-0`);
}

/** Every use of the workload's ports, each once, sorted. */
function usesOf(of: Workload, usage: ClusterUsage): string[] {
  const { namespace: where, name, kind, selector, template: made } = of;
  const pods = podsOf(where, name);
  const uses = portUses(
    { namespace: where, replicas: 2, owner: { kind, name }, selector, template: made, pods },
    usage,
  );
  return [...new Set(uses.map((use) => JSON.stringify(use)))].sort();
}

test('what is handed over tells of every use that all objects of the cluster tell of', () => {
  fc.assert(
    fc.property(anyWorld, (world) => {
      const caches = cachesOf(world);
      for (const each of WORKLOADS) {
        const usage = usageOf(caches, each);
        expect(usesOf(each, usage)).toEqual(usesOf(each, wholeUsage(caches, usage)));
      }
    }),
    runs(300),
  );
});

const anyChange = fc.oneof(
  anyService.map((value) => ({ what: 'services' as const, value })),
  anySlice.map((value) => ({ what: 'endpointSlices' as const, value })),
  anyIngress.map((value) => ({ what: 'ingresses' as const, value })),
  anyPool.map((value) => ({ what: 'inferencePools' as const, value })),
);

test('whose uses a Service, an EndpointSlice, an Ingress or an InferencePool changes is looked at again', () => {
  fc.assert(
    fc.property(anyWorld, anyChange, fc.boolean(), (world, { what, value }, isDeleted) => {
      const caches = cachesOf(world);
      const before = WORKLOADS.map((each) => usesOf(each, usageOf(caches, each)));
      const queued = new Set<string>();
      const stop = enqueueChanges(caches, (key) => queued.add(key));
      if (isDeleted) caches.usage[what].delete(objectKey(value), 'watch');
      else put(caches.usage[what] as Pick<Store<typeof value>, 'set'>, value);
      vi.advanceTimersByTime(20_000);
      stop();
      const changed = WORKLOADS.filter(
        (each, index) => `${usesOf(each, usageOf(caches, each))}` !== `${before[index]}`,
      );
      expect(changed.map(workloadKey).filter((key) => !queued.has(key))).toEqual([]);
    }),
    runs(300),
  );
});
