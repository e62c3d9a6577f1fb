import { expect, test } from 'vitest';
import type { EndpointSlice, Route } from '../domain/preflight/usage.ts';
import type { Pod } from '../domain/workload/workload.ts';
import { pod, service } from '../testing/builders.ts';
import { fillStore } from '../testing/fill-store.ts';
import { monitor } from '../testing/preflight-builders.ts';
import { emptyCaches } from '../testing/reconcile-context.ts';

const WEB = [{ app: 'web' }];
const TO_WEB = [{ service: 'web', port: 80 }];
const INGRESS = { namespace: 'shop', name: 'web', backends: TO_WEB, addresses: ['192.0.2.1'] };
const controller = (fields: Partial<Pod> = {}) =>
  pod({ namespace: 'edge', name: 'controller-1', uid: 'c', labels: { app: 'web' }, ...fields });

test.each<[string, Pod[], string[]]>([
  ['that lead to the pod network', [controller()], ['edge']],
  ['that lead nowhere', [], []],
  ['that lead to pods of another namespace', [controller({ namespace: 'other' })], []],
  [
    'that lead to a node',
    [controller(), controller({ name: 'x', uid: 'x', hostNetwork: true })],
    [],
  ],
])('the addresses of Ingresses are looked up among load balancers %s', (_what, pods, found) => {
  const caches = emptyCaches();
  fillStore(caches.usage.ingresses, [INGRESS]);
  const balancer = { ...service(80), exposure: 'LoadBalancer' as const };
  fillStore(caches.usage.services, [
    service(8080),
    { ...balancer, namespace: 'edge', addresses: ['192.0.2.1'] },
    { ...balancer, namespace: 'edge', name: 'other', addresses: ['192.0.2.2'] },
    { ...balancer, namespace: 'edge', name: 'unselecting', addresses: ['192.0.2.1'], selector: {} },
  ]);
  fillStore(caches.pods, pods);
  const { entrances } = caches.usageOf('shop', [], WEB);
  expect(entrances).toEqual(found.map((namespace) => ({ address: '192.0.2.1', namespace })));
  expect(caches.usageOf('edge', [], WEB).entrances).toEqual([]);
});

function slice(namespace: string, addresses: string[]): EndpointSlice {
  return { namespace, name: 'web-1', service: 'web', ports: [], addresses, readyAddresses: [] };
}

test('slices are handed over where they list a pod, with their Service', () => {
  const caches = emptyCaches();
  fillStore(caches.usage.endpointSlices, [
    slice('shop', ['10.0.0.1']),
    slice('tenant', ['10.0.0.2', '10.0.0.1', 'FD00:0::1']),
    slice('stranger', ['10.0.0.9']),
    slice('monitoring', ['192.0.2.1']),
  ]);
  const services = ['shop', 'tenant', 'stranger'].map((namespace) => ({
    ...service(80),
    namespace,
  }));
  fillStore(caches.usage.services, services);
  const pods = [
    pod({ ips: ['10.0.0.1', 'fd00::1'] }),
    pod({ name: 'host', ips: ['192.0.2.1'], hostNetwork: true }),
  ];
  const usage = caches.usageOf('shop', pods, []);
  expect(usage.endpointSlices.map(({ namespace }) => namespace)).toEqual(['shop', 'tenant']);
  expect(usage.services.map(({ namespace }) => namespace)).toEqual(['shop', 'tenant']);
  expect(caches.usageOf('shop', [], []).endpointSlices).toEqual([]);
});

test('routes are handed over where they lead to a Service of the pods, or to a name of it', () => {
  const caches = emptyCaches();
  const backend = (namespace: string | undefined) => ({
    group: undefined,
    kind: undefined,
    namespace,
    name: 'web',
    port: 80,
  });
  const route = (name: string, ...namespaces: (string | undefined)[]): Route => ({
    kind: 'VirtualService',
    namespace: 'edge',
    name,
    backends: namespaces.map(backend),
  });
  const externalName = 'web.shop.svc.cluster.local';
  fillStore(caches.usage.services, [
    service(80),
    { ...service(80), namespace: 'edge' },
    { ...service(80), namespace: 'alias', externalName },
  ]);
  fillStore(caches.routes.virtualServices, [
    route('here', 'shop', 'alias', 'shop'),
    route('by-name', 'alias'),
    route('own', undefined),
  ]);
  fillStore(caches.routes.httpProxies, [{ ...route('proxy', 'shop'), kind: 'HTTPProxy' }]);
  const namesTo = (namespace: string) =>
    caches.usageOf(namespace, [], WEB).routes.map(({ name }) => name);
  expect(namesTo('shop').sort()).toEqual(['by-name', 'here', 'proxy']);
  expect(namesTo('edge')).toEqual(['own']);
});

test('kinds that nobody reads are told where a definition brings them', () => {
  const caches = emptyCaches();
  const names = ['scrapeconfigs.monitoring.coreos.com', 'servicemonitors.monitoring.coreos.com'];
  for (const name of names) {
    const identity = { key: name, uid: name, resourceVersion: '1' };
    const definition = { name, versions: ['v1'], service: undefined };
    caches.usage.definitions.set(identity, definition, 'watch');
  }
  expect(caches.usageOf('shop', [], []).unread).toEqual(['ScrapeConfig (monitoring.coreos.com)']);
});

test('what EndpointSlices alone lead to is handed over with what leads there', () => {
  const caches = emptyCaches();
  fillStore(caches.usage.endpointSlices, [slice('shop', ['10.0.0.1'])]);
  fillStore(caches.usage.services, [{ ...service(80), selector: {} }]);
  fillStore(caches.usage.ingresses, [INGRESS]);
  const handedOver = (ip: string) => {
    const { services, ingresses } = caches.usageOf('shop', [pod({ ips: [ip] })], WEB);
    return [...services, ...ingresses].map(({ name }) => name);
  };
  expect(handedOver('10.0.0.1')).toEqual(['web', 'web']);
  expect(handedOver('10.0.0.2')).toEqual([]);
});

test('monitors are handed over where they look into the namespace', () => {
  const caches = emptyCaches();
  const looking = (name: string, any: boolean, ...matchNames: string[]) =>
    monitor({}, { name, namespace: 'edge', namespaceSelector: { any, matchNames } });
  fillStore(caches.usage.podMonitors, [
    looking('all', true),
    looking('this', false, 'other', 'shop'),
    looking('others', false, 'other'),
    looking('own', false),
  ]);
  const { podMonitors } = caches.usageOf('shop', [], WEB);
  expect(podMonitors.map(({ name }) => name).sort()).toEqual(['all', 'this']);
  expect(caches.usageOf('shop', [], [{ app: 'api' }]).podMonitors).toEqual([]);
});

test('monitors of VictoriaMetrics and Google are handed over with those that find pods as they do', () => {
  const caches = emptyCaches();
  const { serviceMonitors, vmServiceScrapes, podMonitors, vmPodScrapes } = caches.usage;
  const { podMonitorings, clusterPodMonitorings } = caches.usage;
  fillStore(serviceMonitors, [monitor({}, { kind: 'ServiceMonitor' })]);
  fillStore(vmServiceScrapes, [monitor({}, { kind: 'VMServiceScrape' })]);
  fillStore(podMonitors, [monitor({}, { kind: 'PodMonitor' })]);
  fillStore(vmPodScrapes, [monitor({}, { kind: 'VMPodScrape' })]);
  fillStore(podMonitorings, [monitor({}, { kind: 'PodMonitoring' })]);
  fillStore(clusterPodMonitorings, [monitor({}, { kind: 'ClusterPodMonitoring' })]);
  fillStore(caches.usage.services, [{ ...service(80), labels: { app: 'web' } }]);
  const usage = caches.usageOf('shop', [], WEB);
  const kinds = (each: readonly { kind: string }[]) => each.map(({ kind }) => kind);
  expect(kinds(usage.serviceMonitors)).toEqual(['ServiceMonitor', 'VMServiceScrape']);
  expect(kinds(usage.podMonitors)).toEqual([
    'PodMonitor',
    'VMPodScrape',
    'PodMonitoring',
    'ClusterPodMonitoring',
  ]);
});

test('Services of other namespaces are handed over where they are another name of one here', () => {
  const caches = emptyCaches();
  const alias = (namespace: string, externalName: string) => ({
    ...service(80),
    namespace,
    externalName,
  });
  fillStore(caches.usage.services, [
    alias('shop', 'db.shop.svc.cluster.local'),
    alias('edge', 'web.shop.svc.cluster.local'),
    alias('other', 'web.other.svc.cluster.local'),
  ]);
  const { services } = caches.usageOf('shop', [], []);
  expect(services.map(({ namespace }) => namespace)).toEqual(['shop', 'edge']);
});

test('names of such names are handed over, and the Ingresses beside them', () => {
  const caches = emptyCaches();
  const alias = (namespace: string, externalName: string) => ({
    ...service(80),
    namespace,
    externalName,
  });
  fillStore(caches.usage.services, [
    alias('lobby', 'web.shop.svc.cluster.local'),
    alias('office', 'web.lobby.svc.cluster.local'),
  ]);
  const ingress = (namespace: string) => ({
    namespace,
    name: 'x',
    backends: TO_WEB,
    addresses: [],
  });
  fillStore(caches.usage.ingresses, ['shop', 'office', 'other'].map(ingress));
  const { services, ingresses } = caches.usageOf('shop', [], []);
  expect(services.map(({ namespace }) => namespace)).toEqual(['lobby', 'office']);
  expect(ingresses.map(({ namespace }) => namespace)).toEqual(['office']);
});
