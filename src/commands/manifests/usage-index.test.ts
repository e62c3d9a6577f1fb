import { describe, expect, test } from 'vitest';
import type { EndpointSlice, Ingress, Route, Service } from '../../domain/preflight/usage.ts';
import { workload } from '../../testing/builders.ts';
import { service } from '../../testing/preflight-builders.ts';
import { emptyCluster, type ManifestCluster } from './cluster.ts';
import { UsageIndex } from './usage-index.ts';

const WEB = { labels: [{ app: 'web' }], addresses: [], workload: workload() };

const slice = (fields: Partial<EndpointSlice> = {}): EndpointSlice => ({
  namespace: 'shop',
  name: 'web-1',
  service: 'web',
  ports: [],
  addresses: ['10.0.0.1'],
  readyAddresses: [],
  ...fields,
});
const ingress = (to: string, namespace = 'shop'): Ingress => ({
  namespace,
  name: `to-${to}`,
  backends: [{ service: to, port: 80 }],
  addresses: [],
});
const route = (to: string, fields: { of?: string; in?: string } = {}): Route => ({
  kind: 'HTTPRoute',
  namespace: fields.in ?? 'shop',
  name: `to-${to}`,
  backends: [{ group: undefined, kind: undefined, namespace: fields.of, name: to, port: 80 }],
});
const indexOf = (usage: Partial<ManifestCluster['usage']>) =>
  new UsageIndex({ ...emptyCluster().usage, ...usage });
const namesOf = (found: readonly { namespace: string; name: string }[]) =>
  found.map(({ namespace, name }) => `${namespace}/${name}`);

describe('of Services those count', () => {
  test.each<[string, Parameters<typeof service>[0], boolean]>([
    ['that select the pods', {}, true],
    ['that select others', { selector: { app: 'other' } }, false],
    ['of another namespace', { namespace: 'bank' }, false],
    [
      'that are another name of one of theirs',
      { namespace: 'bank', selector: {}, externalName: 'web.shop.svc.cluster.local' },
      true,
    ],
    [
      'that are another name of one elsewhere',
      { namespace: 'bank', selector: {}, externalName: 'web.other.svc.cluster.local' },
      false,
    ],
    [
      'that select by what a controller adds',
      { selector: { app: 'web', 'apps.kubernetes.io/pod-index': '0' } },
      true,
    ],
    ['that select by what a program may add', { selector: { app: 'web', role: 'primary' } }, true],
    ['that select less than the workload, and more', { selector: { role: 'primary' } }, false],
  ])('%s: %j is %s', (_what, fields, isFound) => {
    const services = [service(fields)];
    expect(indexOf({ services }).usageOf('shop', WEB).services).toEqual(isFound ? services : []);
  });

  test('all of a namespace with slices, which lead to pods whatever a selector says', () => {
    const services = [
      service({ selector: { app: 'other' } }),
      service({ name: 'b', selector: {} }),
    ];
    const found = indexOf({ services, endpointSlices: [slice()] }).usageOf('shop', WEB);
    expect(found.services).toEqual(services);
  });

  test('each once, however it is found', () => {
    const services = [service({ externalName: 'web.shop.svc.cluster.local' })];
    const pods = { ...WEB, labels: [{ app: 'web' }, { app: 'web' }], addresses: ['10.0.0.1'] };
    const endpointSlices = [slice(), slice({ name: 'web-2' })];
    expect(indexOf({ services, endpointSlices }).usageOf('shop', pods).services).toEqual(services);
  });
});

describe('of slices those count', () => {
  const elsewhere = slice({ namespace: 'bank', addresses: ['FD00::1', '10.0.0.9'] });
  const services = [service({ namespace: 'bank' }), service({ namespace: 'bank', name: 'other' })];

  test.each([
    ['the namespace', slice(), [], ['shop/web-1']],
    ['another with the pods’ addresses', elsewhere, ['10.0.0.9'], ['bank/web-1']],
    [
      'another with an address that is written otherwise',
      elsewhere,
      ['fd00:0:0::1'],
      ['bank/web-1'],
    ],
    ['another with addresses of others', elsewhere, ['10.0.0.1'], []],
  ])('of %s', (_what, given, addresses, expected) => {
    const index = indexOf({ endpointSlices: [given] });
    expect(
      namesOf(index.usageOf('shop', { ...WEB, labels: [], addresses }).endpointSlices),
    ).toEqual(expected);
  });

  test('once, and with the Service that they are of', () => {
    const index = indexOf({ services, endpointSlices: [elsewhere] });
    const found = index.usageOf('shop', { ...WEB, labels: [], addresses: ['fd00::1', '10.0.0.9'] });
    expect(namesOf(found.endpointSlices)).toEqual(['bank/web-1']);
    expect(namesOf(found.services)).toEqual(['bank/web']);
  });

  test('all that have an address', () => {
    const index = indexOf({ endpointSlices: [elsewhere, { ...elsewhere, name: 'web-2' }] });
    const { endpointSlices } = index.usageOf('shop', {
      ...WEB,
      labels: [],
      addresses: ['10.0.0.9'],
    });
    expect(namesOf(endpointSlices)).toEqual(['bank/web-1', 'bank/web-2']);
  });
});

test('of Ingresses and routes those count that lead to one of the Services', () => {
  const found = indexOf({
    services: [service(), service({ name: 'other', selector: { app: 'other' } })],
    ingresses: [ingress('web'), ingress('other'), ingress('web', 'bank')],
    routes: [
      route('web'),
      route('other'),
      route('web', { in: 'bank' }),
      route('web', { in: 'bank', of: 'shop' }),
    ],
  }).usageOf('shop', WEB);
  expect(namesOf(found.ingresses)).toEqual(['shop/to-web']);
  expect(namesOf(found.routes)).toEqual(['shop/to-web', 'bank/to-web']);
});

test('a Service that names one in an annotation counts, of whatever namespace it is', () => {
  const named = [{ annotation: 'auth-url', namespace: 'shop', service: 'web', port: 80 }];
  const front = service({ namespace: 'bank', name: 'front', selector: { app: 'front' }, named });
  const other = { ...front, name: 'other', named: [{ ...named[0], service: 'gone' }] } as Service;
  const services = [service(), front, other];
  const found = indexOf({ services }).usageOf('shop', WEB);
  expect(namesOf(found.services)).toEqual(['shop/web', 'bank/front']);
});

test('an Ingress that names a Service in an annotation counts, of whatever namespace it is', () => {
  const named = { annotation: 'auth-url', namespace: 'shop', service: 'web', port: 80 };
  const naming = (namespace: string) => ({
    ...ingress('other', 'bank'),
    named: [{ ...named, namespace }],
  });
  const found = (namespace: string) =>
    indexOf({ services: [service()], ingresses: [naming(namespace)] }).usageOf('shop', WEB);
  expect(namesOf(found('shop').ingresses)).toEqual(['bank/to-other']);
  expect(found('bank').ingresses).toEqual([]);
});

test('one that leads to two of the Services counts once', () => {
  const both = {
    ...ingress('web'),
    backends: [...ingress('web').backends, ...ingress('b').backends],
  };
  const services = [service(), service({ name: 'b' })];
  expect(indexOf({ services, ingresses: [both] }).usageOf('shop', WEB).ingresses).toEqual([both]);
});
