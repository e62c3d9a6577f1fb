import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type {
  EndpointSlice,
  InferencePool,
  Ingress,
  Service,
} from '../../domain/preflight/usage.ts';
import type { Pod } from '../../domain/workload/workload.ts';
import { pod, service, workload } from '../../testing/builders.ts';
import { fillStore } from '../../testing/fill-store.ts';
import { emptyCaches } from '../../testing/reconcile-context.ts';
import type { Caches } from '../caches.ts';
import type { Concerned } from './concern.ts';
import {
  concernedByIngress,
  concernedByService,
  concernedBySlice,
  keysOfPool,
} from './concerned-by-usage.ts';

const WEB = 'Deployment/shop/web';
const API = 'Deployment/shop/api';

let caches: Caches;

beforeEach(() => {
  caches = emptyCaches();
  const labels = { app: 'api' };
  const api = workload({ name: 'api', uid: 'uid-api', selector: { matchLabels: labels } });
  fillStore(caches.workloads.Deployment, [
    workload(),
    { ...api, template: { ...api.template, labels } },
    workload({ name: 'out', uid: 'uid-out', mode: 'off' }),
  ]);
  fillStore(caches.pods, [pod({ ips: ['10.0.0.1'] })]);
});

afterEach(() => {
  vi.restoreAllMocks();
});

function added<T>(current: T): { type: 'added'; key: string; source: 'watch'; current: T } {
  return { type: 'added', key: 'x', source: 'watch', current };
}

const unselecting: Service = { ...service(8080), selector: {} };
const alias = (namespace: string, externalName: string, name = 'web'): Service => ({
  ...unselecting,
  namespace,
  name,
  externalName: `${externalName}.svc.cluster.local`,
});
const slice = (namespace: string): EndpointSlice => ({
  namespace,
  name: 'web-1',
  service: 'web',
  ports: [],
  addresses: ['10.0.0.1'],
  readyAddresses: [],
});
const ingress: Ingress = {
  namespace: 'shop',
  name: 'web',
  backends: [{ service: 'web', port: 80 }],
  addresses: ['192.0.2.1'],
};

describe('a Service', () => {
  const concerned = (each: Service): Concerned => concernedByService(added(each), caches);

  test('concerns the workloads that it selects, and no others', () => {
    expect(concerned(service(8080))).toEqual({ keys: [WEB], gathered: [] });
    expect(concerned({ ...service(8080), selector: { app: 'api' } }).keys).toEqual([API]);
    expect(concerned({ ...service(8080), selector: { app: 'gone' } }).keys).toEqual([]);
  });

  test('without a selector concerns those whose pods its slices list', () => {
    expect(concerned(unselecting).keys).toEqual([]);
    fillStore(caches.usage.endpointSlices, [slice('shop')]);
    expect(concerned(unselecting).keys).toEqual([WEB]);
    expect(concerned({ ...unselecting, name: 'other' }).keys).toEqual([]);
  });

  test('of another namespace whose slices list pods concerns these, gathered', () => {
    fillStore(caches.usage.endpointSlices, [slice('edge')]);
    expect(concerned({ ...unselecting, namespace: 'edge' })).toEqual({
      keys: [],
      gathered: ['shop'],
    });
  });

  test('that is another name of one beside it concerns those that this leads to', () => {
    expect(concerned(alias('shop', 'web.shop', 'other'))).toEqual({ keys: [], gathered: [] });
    fillStore(caches.usage.services, [service(8080)]);
    expect(concerned(alias('shop', 'web.shop', 'other'))).toEqual({ keys: [WEB], gathered: [] });
  });

  test('that is another name of such a name beside it concerns those that this leads to, also in a ring', () => {
    const first = alias('shop', 'web.shop', 'first');
    fillStore(caches.usage.services, [service(8080), first]);
    expect(concerned(alias('shop', 'first.shop', 'second')).keys).toEqual([WEB]);
    const ring = [alias('shop', 'b.shop', 'a'), alias('shop', 'a.shop', 'b')];
    fillStore(caches.usage.services, ring);
    expect(ring.map((each) => concerned(each).keys)).toEqual([[], []]);
  });

  test('that is another name of such a name concerns all on the way', () => {
    fillStore(caches.usage.services, [alias('edge', 'web.shop'), alias('shop', 'api.shop')]);
    expect(concerned(alias('shop', 'web.edge', 'far'))).toEqual({
      keys: [],
      gathered: ['edge', 'shop', 'shop'],
    });
  });

  test('that has the address of Ingresses concerns these, gathered', () => {
    fillStore(caches.usage.ingresses, [ingress]);
    const balancer = { ...service(80), namespace: 'edge', addresses: ['192.0.2.1'] };
    expect(concerned(balancer)).toEqual({ keys: [], gathered: ['shop'] });
    expect(concerned({ ...balancer, addresses: ['192.0.2.2'] }).gathered).toEqual([]);
    fillStore(caches.usage.services, [alias('shop', 'web.far')]);
    expect(concerned(balancer).gathered, 'to which they lead').toEqual(['shop', 'far']);
  });
});

describe('a Service that names others in an annotation', () => {
  const naming = (...names: [namespace: string, service: string][]): Service => ({
    ...unselecting,
    name: 'front',
    named: names.map(([namespace, name]) => ({
      annotation: 'auth-url',
      namespace,
      service: name,
      port: 80,
    })),
  });

  test('concerns those behind these: beside it at once, elsewhere gathered', () => {
    fillStore(caches.usage.services, [service(8080), { ...service(8080), namespace: 'edge' }]);
    const concerned = (each: Service) => concernedByService(added(each), caches);
    expect(concerned(naming(['shop', 'web']))).toEqual({ keys: [WEB], gathered: [] });
    expect(concerned(naming(['edge', 'web']))).toEqual({ keys: [], gathered: ['edge'] });
    expect(concerned(naming(['far', 'web']))).toEqual({ keys: [], gathered: [] });
  });
});

describe('what anybody may make very many of', () => {
  const looked = () => vi.spyOn(caches, 'workloadOf');

  test('is looked up once for pods that are alike, and not for more than 256 others', () => {
    const alike = pod().labels;
    const many = (prefix: string, labels: (index: number) => Pod['labels']) =>
      fillStore(
        caches.pods,
        Array.from({ length: 300 }, (_, index) =>
          pod({
            name: `${prefix}-${index}`,
            uid: `${prefix}-${index}`,
            ips: [],
            labels: labels(index),
          }),
        ),
      );
    many('a', () => alike);
    const calls = looked();
    expect(concernedByService(added(service(8080)), caches).keys).toEqual([WEB]);
    expect(calls.mock.calls.length).toBeLessThan(5);
    many('b', (index) => ({ app: 'web', index: `${index}` }));
    calls.mockClear();
    expect(concernedByService(added(service(8080)), caches).keys).toEqual([WEB, API]);
    expect(calls).not.toHaveBeenCalled();
  });

  test('counts for the whole namespace where an Ingress leads to more than 32 Services', () => {
    const leading = (count: number): Ingress => ({
      ...ingress,
      backends: Array.from({ length: count }, (_, index) => ({
        service: `s-${index % 33}`,
        port: 80,
      })),
    });
    fillStore(
      caches.usage.services,
      Array.from({ length: 33 }, (_, index) => ({ ...service(8080), name: `s-${index}` })),
    );
    expect(concernedByIngress(added(leading(32)), caches).keys).toEqual([WEB]);
    expect(concernedByIngress(added(leading(99)), caches).keys).toEqual([WEB, API]);
  });

  test('counts for the whole namespace where a Service has more than 1,024 addresses, and elsewhere for the first', () => {
    const listing = (namespace: string, name: string): EndpointSlice => ({
      ...slice(namespace),
      name,
      addresses: Array.from({ length: 600 }, (_, index) => `${name}.${index}`),
    });
    fillStore(caches.usage.endpointSlices, [
      listing('shop', '10.1'),
      listing('shop', '10.2'),
      listing('edge', '10.3'),
      listing('edge', '10.4'),
      slice('edge'),
    ]);
    expect(concernedByService(added(unselecting), caches).keys).toEqual([WEB, API]);
    const theirs = { ...unselecting, namespace: 'edge' };
    expect(concernedByService(added(theirs), caches).gathered).toEqual([]);
  });
});

describe('an EndpointSlice', () => {
  test('concerns those whose pods it lists, those of other namespaces gathered', () => {
    expect(concernedBySlice(added(slice('shop')), caches)).toEqual({ keys: [WEB], gathered: [] });
    expect(concernedBySlice(added(slice('edge')), caches)).toEqual({
      keys: [],
      gathered: ['shop'],
    });
  });
});

describe('an Ingress', () => {
  const concerned = () => concernedByIngress(added(ingress), caches);

  test('concerns those behind its Services', () => {
    expect(concerned()).toEqual({ keys: [], gathered: [] });
    fillStore(caches.usage.services, [service(8080)]);
    expect(concerned()).toEqual({ keys: [WEB], gathered: [] });
  });

  test('to another name concerns those elsewhere, gathered', () => {
    fillStore(caches.usage.services, [alias('shop', 'web.edge')]);
    expect(concerned()).toEqual({ keys: [], gathered: ['edge'] });
  });

  test('concerns those behind a Service that an annotation names: beside it at once, elsewhere gathered', () => {
    const naming = (namespace: string): Ingress => ({
      ...ingress,
      backends: [],
      named: [{ annotation: 'auth-url', namespace, service: 'web', port: 80, byHost: true }],
    });
    const concernedBy = (namespace: string) => concernedByIngress(added(naming(namespace)), caches);
    expect(concernedBy('shop')).toEqual({ keys: [], gathered: [] });
    const theirs = { ...service(8080), namespace: 'edge' };
    fillStore(caches.workloads.Deployment, [workload({ namespace: 'edge', uid: 'uid-edge' })]);
    fillStore(caches.usage.services, [service(8080), theirs, alias('far', 'web.edge')]);
    expect(concernedBy('shop')).toEqual({ keys: [WEB], gathered: [] });
    expect(concernedBy('edge')).toEqual({ keys: [], gathered: ['edge'] });
    expect(concernedBy('far')).toEqual({ keys: [], gathered: ['far', 'edge'] });
    expect(concernedBy('gone')).toEqual({ keys: [], gathered: [] });
  });
});

describe('an InferencePool', () => {
  const pool: InferencePool = {
    namespace: 'shop',
    name: 'pool',
    selector: {},
    targetPorts: [8000],
  };
  const concerned = (each: Partial<InferencePool>) => [...keysOfPool({ ...pool, ...each }, caches)];

  test('concerns the workloads whose pods are its members or may be, and no others', () => {
    expect(concerned({ selector: { app: 'web' } })).toEqual([WEB]);
    expect(concerned({ selector: { app: 'api', role: 'primary' } })).toEqual([API]);
    expect(concerned({ selector: { app: 'gone' } })).toEqual([]);
    expect(concerned({})).toEqual([]);
  });

  test('concerns those behind the Service that it asks', () => {
    fillStore(caches.usage.services, [service(8080)]);
    expect(concerned({ picker: { service: 'web', port: 9002 } })).toEqual([WEB]);
    expect(concerned({ picker: { service: 'gone', port: 9002 } })).toEqual([]);
  });
});
