import { expect, test } from 'vitest';
import { NO_USAGE, port } from '../../testing/builders.ts';
import { reached, service, servicePort, shape } from '../../testing/preflight-builders.ts';
import { namedServiceUses } from './named-service.ts';
import type { ReachedService } from './reached-service.ts';
import type { Ingress, NamedService } from './usage.ts';

const PORTS = [
  servicePort({ name: 'http', port: 80, targetPort: 'web' }),
  servicePort({ name: 'admin', port: 81, targetPort: 9090 }),
  servicePort({ name: 'dns', port: 53, protocol: 'UDP', targetPort: 5353 }),
];
const SHAPES = [shape({ ports: [{ ...port(8080), name: 'web' }] })];
const WEB = reached([service({ ports: PORTS })], SHAPES);

function ingress(named: Partial<NamedService>, fields: Partial<Ingress> = {}): Ingress {
  const whole = {
    annotation: 'auth-url',
    namespace: 'shop',
    service: 'web',
    port: 80,
    byHost: true as const,
    ...named,
  };
  const { byHost, ...others } = whole;
  return {
    namespace: 'shop',
    name: 'edge',
    backends: [],
    addresses: [],
    named: [byHost ? whole : others],
    ...fields,
  };
}

function naming(...ingresses: Ingress[]) {
  return { ...NO_USAGE, ingresses };
}

function portsOf(each: Ingress, services = WEB): unknown[] {
  return namedServiceUses(naming(each), 'shop', services).map((use) => use.port);
}

test('the controller connects to what an annotation names, from wherever it runs', () => {
  const entrances = [{ address: '192.0.2.1', namespace: 'edge' }];
  const found = ingress({}, { addresses: ['192.0.2.1'] });
  expect(namedServiceUses({ ...naming(found), entrances }, 'shop', WEB)).toEqual([
    {
      port: 8080,
      protocol: 'TCP',
      user: 'Ingress shop/edge auth-url through Service web',
      source: { kind: 'pods', whose: 'the ingress controller', namespace: 'edge' },
    },
  ]);
});

const BY_HOST = true as const;
const NOT_BY_HOST = { byHost: undefined as never };

test.each<[string, Partial<NamedService>, unknown[]]>([
  ['its number', { port: 81, byHost: BY_HOST }, [9090]],
  ['a number that the Service lacks', { port: 8080, byHost: BY_HOST }, []],
  ['what it leads to, by a host', { port: 9090, byHost: BY_HOST }, []],
  ['one that is not TCP', { port: 53, byHost: BY_HOST }, []],
  ['its number, without a host', { port: 81, ...NOT_BY_HOST }, [9090]],
  ['its name', { port: 'admin', ...NOT_BY_HOST }, [9090]],
  ['the name that it leads to', { port: 'web', ...NOT_BY_HOST }, [8080]],
  ['the number that it leads to', { port: 9090, ...NOT_BY_HOST }, [9090]],
  ['the first', { port: undefined, ...NOT_BY_HOST }, [8080]],
  ['one of a Service that does not lead here', { service: 'other' }, []],
  ['one of another namespace', { namespace: 'bank' }, []],
])('a port of the Service counts by %s', (_what, named, expected) => {
  expect(portsOf(ingress(named))).toEqual(expected);
});

test('the first port counts only where it carries HTTP', () => {
  const services = reached([service({ ports: PORTS.toReversed() })], SHAPES);
  expect(portsOf(ingress({ port: undefined, ...NOT_BY_HOST }), services)).toEqual([]);
});

test('of a headless Service a host leads to the pods themselves, whatever ports it lists', () => {
  const services = reached([service({ headless: true, ports: PORTS })], SHAPES);
  expect(portsOf(ingress({ port: 9091 }), services)).toEqual([9091]);
  expect(portsOf(ingress({ port: 81 }), services)).toEqual([81]);
  expect(portsOf(ingress({ port: 81, ...NOT_BY_HOST }), services)).toEqual([9090]);
});

test('by another name a host leads to the Service behind it, whatever ports the name lists', () => {
  const behind = WEB.get('web') as ReachedService;
  const alias = { service: service({ ports: [] }), shapes: [], ports: [], once: '', behind };
  expect(portsOf(ingress({ port: 81 }), new Map([['web', alias]]))).toEqual([9090]);
  expect(portsOf(ingress({ port: 81, ...NOT_BY_HOST }), new Map([['web', alias]]))).toEqual([]);
});

test('a load balancer outside of the cluster goes by no such annotation', () => {
  expect(portsOf(ingress({}, { ingressClass: 'alb' }))).toEqual([]);
  expect(portsOf(ingress({}, { ingressClass: 'nginx' }))).toEqual([8080]);
});

test('an Ingress of another namespace is told apart, and of very many there the first are read', () => {
  const outsideOf = (each: Ingress) =>
    namedServiceUses(naming(each), 'shop', WEB).map(({ outside }) => outside);
  expect(outsideOf(ingress({}))).toEqual([undefined]);
  expect(outsideOf(ingress({}, { namespace: 'evil' }))).toEqual(['evil']);
  const many = (namespace: string) =>
    Array.from({ length: 5000 }, (_, index) => ingress({}, { namespace, name: `i-${index}` }));
  const all = [...many('evil'), ...many('shop')];
  const uses = namedServiceUses(naming(...all), 'shop', WEB);
  expect(uses.filter(({ outside }) => outside === 'evil')).toHaveLength(4096);
  expect(uses.filter(({ outside }) => outside === undefined)).toHaveLength(5000);
});

test('a Service may name another, to a controller of which nothing tells where it runs, or to a proxy of its own', () => {
  const named = { annotation: 'auth-url', namespace: 'shop', service: 'web', port: 81 };
  const front = service({
    namespace: 'bank',
    name: 'front',
    addresses: ['192.0.2.1'],
    named: [named, { ...named, annotation: 'getambassador.io/config', whose: 'Emissary' }],
  });
  const entrances = [{ address: '192.0.2.1', namespace: 'edge' }];
  const uses = namedServiceUses({ ...NO_USAGE, services: [front], entrances }, 'shop', WEB);
  expect(uses).toEqual([
    {
      port: 9090,
      protocol: 'TCP',
      user: 'Service bank/front auth-url through Service web',
      source: { kind: 'pods', whose: 'the ingress controller', namespace: undefined },
      outside: 'bank',
    },
    {
      port: 9090,
      protocol: 'TCP',
      user: 'Service bank/front getambassador.io/config through Service web',
      source: { kind: 'pods', whose: 'Emissary', namespace: undefined },
      outside: 'bank',
    },
  ]);
});
