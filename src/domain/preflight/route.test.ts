import { describe, expect, test } from 'vitest';
import { reached, service, servicePort } from '../../testing/preflight-builders.ts';
import { routeUses } from './route.ts';
import { sourceInWords } from './source.ts';
import type { BackendRef, Route, RouteKind } from './usage.ts';

const SERVICES = reached([
  service({
    ports: [
      servicePort({ name: 'tcp', targetPort: 9090 }),
      servicePort({ name: 'udp', targetPort: 9091, protocol: 'UDP' }),
      servicePort({ name: 'more', port: 81, targetPort: 9092 }),
      servicePort({ name: 'lost', port: 82, targetPort: 'nobodys' }),
    ],
  }),
]);

/** The uses of a route to the port 80 of the Service web, with what is said of it and of the backend. */
function usesOf(backend: Partial<BackendRef>, fields: Partial<Route>) {
  const reference: BackendRef = {
    group: undefined,
    kind: undefined,
    namespace: undefined,
    name: 'web',
    port: 80,
    ...backend,
  };
  const route: Route = {
    kind: 'HTTPRoute',
    namespace: 'shop',
    name: 'r',
    backends: [reference],
    ...fields,
  };
  return routeUses([route], 'shop', SERVICES);
}

test.each<[string, Partial<BackendRef>, Partial<Route>, (number | string)[]]>([
  ['a Service of the same namespace', {}, {}, [9090]],
  ['the core group by its empty name', { group: '', kind: 'Service' }, {}, [9090]],
  ['another kind', { kind: 'ServiceImport' }, {}, []],
  [
    'an import of the Service',
    { group: 'multicluster.x-k8s.io', kind: 'ServiceImport' },
    {},
    [9090],
  ],
  [
    "an import of the Service, for GKE's",
    { group: 'net.gke.io', kind: 'ServiceImport' },
    {},
    [9090],
  ],
  ['an import of another group', { group: 'a.example', kind: 'ServiceImport' }, {}, []],
  ['another group', { group: 'example.test' }, {}, []],
  ['another Service', { name: 'other' }, {}, []],
  ['another namespace', { namespace: 'other' }, {}, []],
  ['from another namespace', { namespace: 'shop' }, { namespace: 'edge' }, [9090]],
  ['from another namespace, its own', {}, { namespace: 'edge' }, []],
  ['no port', { port: undefined }, {}, []],
  ['UDP', {}, { kind: 'UDPRoute' }, [9091]],
  ['TLS', {}, { kind: 'TLSRoute' }, [9090]],
  ['a name of the Service, for Traefik', { port: 'more' }, { kind: 'IngressRoute' }, [9092]],
  ['UDP, for Traefik', { port: 'udp' }, { kind: 'IngressRouteUDP' }, [9091]],
  ['UDP, for Kong', {}, { kind: 'UDPIngress' }, [9091]],
  ['no port, for Contour', { port: undefined }, { kind: 'HTTPProxy' }, []],
  ['no port, for Istio', { port: undefined }, { kind: 'VirtualService' }, [9090, 9092, 'nobodys']],
  ['a port of the Service, for Istio', { port: 81 }, { kind: 'VirtualService' }, [9092]],
  ['a port of the pods, for Istio', { port: 9092 }, { kind: 'VirtualService' }, []],
  ['no port, for OpenShift', { port: undefined }, { kind: 'Route' }, [9090, 9092, 'nobodys']],
  ['a name of the Service, for OpenShift', { port: 'more' }, { kind: 'Route' }, [9092]],
  ['a port of the pods, for OpenShift', { port: 9092 }, { kind: 'Route' }, [9092]],
  ['a port of the pods as a text, for OpenShift', { port: '9092' }, { kind: 'Route' }, [9092]],
  ['a name of a container, for OpenShift', { port: 'nobodys' }, { kind: 'Route' }, []],
  ['a port of the Service, for OpenShift', { port: 81 }, { kind: 'Route' }, []],
])('%s', (_name, backend, fields, expected) => {
  const uses = usesOf(backend, fields);
  expect(uses.map((use) => use.port)).toEqual(expected);
  const { kind, namespace } = { kind: 'HTTPRoute', namespace: 'shop', ...fields };
  expect(uses.every(({ user }) => user === `${kind} ${namespace}/r through Service web`)).toBe(
    true,
  );
  expect(uses.every(({ outside }) => outside === fields.namespace)).toBe(true);
});

describe('who connects', () => {
  test.each<[RouteKind, string]>([
    ['HTTPRoute', 'the gateway'],
    ['IngressRoute', 'Traefik'],
    ['TraefikService', 'Traefik'],
    ['HTTPProxy', "Contour's Envoy"],
    ['Route', "OpenShift's router"],
    ['VirtualService', "Istio's gateway"],
    ['TCPIngress', 'Kong'],
    ['Mapping', 'Emissary'],
    ['RouteGroup', 'Skipper'],
  ])('for a %s is %s', (kind, whose) => {
    // Of a host there is no port but a number.
    const [use] = usesOf({ port: kind === 'Mapping' ? 80 : 'tcp' }, { kind });
    expect(use && sourceInWords(use.source)).toBe(`${whose} (wherever that runs)`);
  });

  test('of a mesh is anybody', () => {
    const [use] = usesOf({}, { kind: 'VirtualService', byMesh: true });
    expect(use?.source).toEqual({ kind: 'anybody' });
  });
});

describe('routes of another namespace cost no more time than they should', () => {
  const routes = (namespace: string, backends: readonly Partial<BackendRef>[]): Route[] => [
    {
      kind: 'VirtualService',
      namespace,
      name: 'many',
      backends: backends.map((each) => ({
        group: undefined,
        kind: undefined,
        namespace: 'shop',
        name: 'web',
        port: 80,
        ...each,
      })),
    },
  ];
  const times = (count: number, backend: Partial<BackendRef> = {}) =>
    Array.from({ length: count }, () => backend);
  const countOf = (read: readonly Route[]) => routeUses(read, 'shop', SERVICES).length;

  test('4096 references are read, and all of the own namespace', () => {
    expect(countOf(routes('evil', times(5000)))).toBe(4096);
    expect(countOf(routes('shop', times(5000)))).toBe(5000);
    const both = [...routes('evil', times(5000)), ...routes('edge', times(3))];
    expect(countOf(both), 'of each namespace').toBe(4099);
  });

  test('what leads elsewhere is passed over, 65,536 times', () => {
    const elsewhere = (count: number) => [...times(count, { namespace: 'other' }), {}];
    expect(countOf(routes('edge', elsewhere(65_535)))).toBe(1);
    expect(countOf(routes('evil', elsewhere(65_536)))).toBe(0);
    expect(countOf(routes('shop', elsewhere(65_536)))).toBe(1);
  });

  test('by a name of a Service that another namespace has, too', () => {
    const services = new Map([...SERVICES].map(([, each]) => ['alias', each]));
    const alias = routes('evil', times(5000, { namespace: undefined, name: 'alias' }));
    expect(routeUses(alias, 'evil', services, 'shop')).toHaveLength(4096);
    expect(routeUses(alias, 'evil', services)).toHaveLength(5000);
  });
});

test.each<[RouteKind, number[]]>([
  ['Mapping', [9999]],
  ['TCPMapping', [9999]],
  ['HTTPRoute', []],
])('of a headless Service %s leads to the port of the pods that it names: %j', (kind, expected) => {
  const headless = reached([service({ headless: true })]);
  const backend = {
    group: undefined,
    kind: undefined,
    namespace: undefined,
    name: 'web',
    port: 9999,
  };
  const route: Route = { kind, namespace: 'shop', name: 'r', backends: [backend] };
  expect(routeUses([route], 'shop', headless).map(({ port, user }) => [port, user])).toEqual(
    expected.map((port) => [port, `${kind} shop/r through Service web`]),
  );
});
