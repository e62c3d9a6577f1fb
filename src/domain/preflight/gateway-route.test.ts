import { expect, test } from 'vitest';
import { reached, service, servicePort } from '../../testing/preflight-builders.ts';
import { routeUses } from './gateway-route.ts';
import type { BackendRef, Route } from './usage.ts';

const SERVICES = reached([
  service({
    ports: [
      servicePort({ targetPort: 9090 }),
      servicePort({ name: 'udp', targetPort: 9091, protocol: 'UDP' }),
    ],
  }),
]);

test.each<[string, Partial<BackendRef>, Partial<Route>, number[]]>([
  ['a Service of the same namespace', {}, {}, [9090]],
  ['the core group by its empty name', { group: '', kind: 'Service' }, {}, [9090]],
  ['another kind', { kind: 'ServiceImport' }, {}, []],
  ['another group', { group: 'example.test' }, {}, []],
  ['another namespace', { namespace: 'other' }, {}, []],
  ['from another namespace', { namespace: 'shop' }, { namespace: 'edge' }, [9090]],
  ['from another namespace, its own', {}, { namespace: 'edge' }, []],
  ['no port', { port: undefined }, {}, []],
  ['UDP', {}, { kind: 'UDPRoute' }, [9091]],
  ['TLS', {}, { kind: 'TLSRoute' }, [9090]],
])('%s', (_name, backend, fields, expected) => {
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
  const uses = routeUses([route], 'shop', SERVICES);
  expect(uses.map((use) => use.port)).toEqual(expected);
  const user = `${route.kind} ${route.namespace}/r through Service web`;
  expect(uses.every((use) => use.user === user)).toBe(true);
});
