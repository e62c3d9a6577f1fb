import { beforeEach, describe, expect, test } from 'vitest';
import type { EndpointSlice, Ingress, Service } from '../../domain/preflight/usage.ts';
import { pod, service, workload } from '../../testing/builders.ts';
import { fillStore } from '../../testing/fill-store.ts';
import { emptyCaches } from '../../testing/reconcile-context.ts';
import type { Caches } from '../caches.ts';
import type { Concerned } from './concern.ts';
import { concernedByIngress, concernedByService, concernedBySlice } from './concerned-by-usage.ts';

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

  test('that is another name of one beside it concerns its namespace', () => {
    expect(concerned(alias('shop', 'web.shop'))).toEqual({ keys: [WEB, API], gathered: [] });
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
});
