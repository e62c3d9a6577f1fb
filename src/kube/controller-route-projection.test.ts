import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { BackendRef } from '../domain/preflight/usage.ts';
import { runs } from '../testing/property-runs.ts';
import { type ControllerRouteKind, projectControllerRoute } from './controller-route-projection.ts';

const metadata = { namespace: 'shop', name: 'site' };

function backendsOf(kind: ControllerRouteKind, spec: unknown) {
  const { backends } = projectControllerRoute(kind)({ metadata, spec }, () => {});
  return backends.map(inWords);
}

/** For example `shop/web:80`, with whatever is said. */
function inWords({ kind, namespace, name, port }: BackendRef): string {
  const where = namespace === undefined ? '' : `${namespace}/`;
  const what = kind === undefined ? '' : `${kind} `;
  return `${what}${where}${name}:${port ?? ''}`;
}

const services = (...each: object[]) => ({ services: each });
const destination = (host: unknown, number?: unknown) => ({
  destination: { host, ...(number !== undefined && { port: { number } }) },
});

const CASES: [string, ControllerRouteKind, unknown, string[]][] = [
  [
    'services of all routes, each once',
    'IngressRoute',
    {
      routes: [
        services({ name: 'a', port: 80 }, { name: 'b', port: 'http', namespace: 'other' }),
        services({ name: 'a', port: 80, weight: 3 }, { name: 'c', kind: 'TraefikService' }),
      ],
    },
    ['a:80', 'other/b:http', 'TraefikService c:'],
  ],
  ['TCP', 'IngressRouteTCP', { routes: [services({ name: 'a', port: 80 })] }, ['a:80']],
  ['UDP', 'IngressRouteUDP', { routes: [services({ name: 'a', port: 53 })] }, ['a:53']],
  [
    'what is mirrored, the mirrors and what is weighed',
    'TraefikService',
    {
      mirroring: { name: 'a', port: 80, mirrors: [{ name: 'b', port: 81 }] },
      weighted: services({ name: 'c', port: 82 }),
      highestRandomWeight: services({ name: 'd', port: 83 }),
    },
    ['a:80', 'b:81', 'c:82', 'd:83'],
  ],
  [
    'routes, TCP and ports for health checks',
    'HTTPProxy',
    {
      routes: [services({ name: 'a', port: 80, healthPort: 81 })],
      tcpproxy: services({ name: 'b', port: 82 }),
      includes: [{ name: 'c', namespace: 'other' }],
    },
    ['a:80', 'a:81', 'b:82'],
  ],
  [
    'where keys are fetched',
    'HTTPProxy',
    {
      virtualhost: {
        jwtProviders: [
          { remoteJWKS: { uri: 'https://sso.bank.svc.cluster.local/keys' } },
          { remoteJWKS: { uri: 'http://sso.bank.svc:8080/keys' } },
          { remoteJWKS: { uri: 'https://sso.example.com/keys' } },
          {},
        ],
      },
    },
    ['bank/sso:443', 'bank/sso:8080'],
  ],
  [
    'a Service and the others',
    'Route',
    {
      to: { kind: 'Service', name: 'a' },
      alternateBackends: [{ kind: 'Service', name: 'b', weight: 0 }],
      port: { targetPort: 'http' },
    },
    ['Service a:http', 'Service b:http'],
  ],
  ['all ports', 'Route', { to: { name: 'a' } }, ['a:']],
  [
    'destinations of every kind',
    'VirtualService',
    {
      http: [
        {
          route: [destination('a', 80)],
          mirror: { host: 'b', port: { number: 81 } },
          mirrors: [destination('c.other.svc.cluster.local')],
        },
      ],
      tls: [{ route: [destination('d', 82)] }],
      tcp: [{ route: [destination('e', 83)] }],
    },
    ['a:80', 'b:81', 'other/c:', 'd:82', 'e:83'],
  ],
  [
    'no Service by another host',
    'VirtualService',
    { http: [{ route: [destination('example.test', 80), destination('web.shop', 80)] }] },
    [':80'],
  ],
  [
    'the backends of its rules',
    'TCPIngress',
    { rules: [{ backend: { serviceName: 'a', servicePort: 80 } }, {}] },
    ['a:80', ':'],
  ],
  ['UDP', 'UDPIngress', { rules: [{ backend: { serviceName: 'a', servicePort: 53 } }] }, ['a:53']],
  [
    'Services among its backends',
    'RouteGroup',
    {
      backends: [
        { type: 'service', serviceName: 'a', servicePort: 80 },
        { type: 'network', address: 'https://example.test' },
      ],
    },
    ['a:80'],
  ],
  ...(
    [
      ['web', ['web:80']],
      ['web:8080', ['web:8080']],
      ['http://web', ['web:80']],
      ['https://web', ['web:443']],
      ['HTTPS://web:8443', ['web:8443']],
      ['web.other', ['other/web:80']],
      ['https://web.other.svc.cluster.local:8443/', ['other/web:8443']],
      ['www.example.test', []],
      ['10.0.0.1:80', []],
      ['web:70000', ['web:']],
      ['', []],
    ] as const
  ).map(([service, expected]): [string, ControllerRouteKind, unknown, string[]] => [
    `what ${JSON.stringify(service)} says`,
    'Mapping',
    { service },
    [...expected],
  ]),
  ['what TLS adds', 'Mapping', { service: 'web', tls: 'upstream' }, ['web:443']],
  ['a Service', 'TCPMapping', { service: 'web:9000', port: 9001 }, ['web:9000']],
];

test.each(CASES)('%s: %s', (_what, kind, spec, expected) => {
  expect(backendsOf(kind, spec)).toEqual(expected);
});

describe('a VirtualService is followed by the mesh alone', () => {
  test.each<[string, boolean, object]>([
    ['where it names no gateway', true, { hosts: ['a'] }],
    ['where it names the mesh', true, { hosts: ['a'], gateways: ['mesh'] }],
    ['but not where it names a gateway, too', false, { hosts: ['a'], gateways: ['mesh', 'b'] }],
    ['but not where it is a delegate', false, {}],
  ])('%s', (_what, expected, spec) => {
    const route = projectControllerRoute('VirtualService')({ metadata, spec }, () => {});
    expect(route.byMesh ?? false).toBe(expected);
  });
});

test('a route of another kind that has hosts is its proxy’s', () => {
  const route = projectControllerRoute('RouteGroup')(
    { metadata, spec: { hosts: ['a'] } },
    () => {},
  );
  expect(route.byMesh).toBeUndefined();
});

test('of more backends than a proxy would serve the first are kept, and that is told', () => {
  const told: string[] = [];
  const wire = (length: number) => {
    const each = Array.from({ length }, (_, index) => ({ name: `service-${index}`, port: 80 }));
    return { metadata, spec: { routes: [{ services: each }] } };
  };
  const project = projectControllerRoute('HTTPProxy');
  const kept = project(wire(1024), (field) => told.push(field));
  expect(kept.backends).toHaveLength(1024);
  expect(told).toEqual([]);
  const cut = project(wire(200_000), (field) => told.push(field));
  expect(cut.backends).toHaveLength(1024);
  expect(told).toEqual(['spec (more than 1024 backends)']);
});

test('whatever is there instead crashes nothing, and leads nowhere', () => {
  const kinds = [...new Set(CASES.map(([, kind]) => kind))];
  const specs = CASES.map(([, , spec]) => spec);
  const anything = fc.oneof(
    fc.anything(),
    fc.constantFrom(...specs).chain((spec) => fc.constantFrom(...damagedOnce(spec))),
  );
  fc.assert(
    fc.property(fc.constantFrom(...kinds), anything, (kind, spec) => {
      const { backends } = projectControllerRoute(kind)({ metadata, spec }, () => {});
      for (const { name, port } of backends) {
        expect(typeof name).toBe('string');
        expect(['number', 'string', 'undefined']).toContain(typeof port);
      }
    }),
    runs(200),
  );
});

/** The value with each of its fields and entries replaced by something else, one at a time. */
function damagedOnce(value: unknown): unknown[] {
  const wrong = [null, 0, 'text', [], {}, [null]];
  if (typeof value !== 'object' || value === null) return wrong;
  const within = Object.entries(value).flatMap(([key, field]) =>
    damagedOnce(field).map((each) =>
      Array.isArray(value) ? value.with(Number(key), each) : { ...value, [key]: each },
    ),
  );
  return [...wrong, ...within];
}
