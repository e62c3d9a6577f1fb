import { expect, test } from 'vitest';
import { port } from '../../testing/builders.ts';
import { HTTP, reached, service, servicePort, shape } from '../../testing/preflight-builders.ts';
import { externalNameUses, serviceNamed } from './external-name.ts';
import type { ReachedServices } from './reached-service.ts';
import { ANYBODY } from './source.ts';
import type { Service } from './usage.ts';

const WEB = 'web.shop.svc.cluster.local';
const CLIENTS = { kind: 'pods', whose: 'clients of that name', namespace: 'edge' };

test.each([
  [WEB, { namespace: 'shop', name: 'web' }],
  ['web.shop.svc.example.test.', { namespace: 'shop', name: 'web' }],
  ['web-0.web.shop.svc.cluster.local', { namespace: 'shop', name: 'web' }],
  ['WEB.Shop.SVC.cluster.local', { namespace: 'shop', name: 'web' }],
  ['a.b.web.shop.svc.cluster.local', undefined],
  // No resolver completes the target of an alias.
  ['web.shop.svc', undefined],
  ['web.shop.svc.', undefined],
  ['web.shop', undefined],
  ['.shop.svc.cluster.local', undefined],
  ['svc.example.test', undefined],
  ['', undefined],
  [undefined, undefined],
])('%j is a name of %j', (externalName, expected) => {
  expect(serviceNamed(externalName)).toEqual(expected);
});

function alias(ports: readonly number[], fields: Partial<Service> = {}): Service {
  return service({
    namespace: 'edge',
    name: 'alias',
    externalName: WEB,
    selector: {},
    ports: ports.map((each) => servicePort({ port: each })),
    ...fields,
  });
}

const HEADLESS = reached([service({ headless: true })]);
const BALANCED = reached([service({ ports: [servicePort({ port: 80, targetPort: 9090 })] })]);
const NAMELESS = reached(
  [service({ headless: true, ports: [] })],
  [shape({ ports: [HTTP, port(53, 'UDP')] })],
);

test.each<[string, Service, ReachedServices, number[]]>([
  ['of a headless Service goes to the port that it lists', alias([5432]), HEADLESS, [5432]],
  ['that lists none goes to those of the headless Service', alias([]), HEADLESS, [9090]],
  ['of one without ports goes to all that are declared', alias([]), NAMELESS, [8080]],
  ['of a Service with an address goes where that leads', alias([80]), BALANCED, [9090]],
  ['that lists another port than the Service has goes nowhere', alias([81]), BALANCED, []],
  [
    'of a Service elsewhere is nothing to the pods',
    alias([80], { externalName: 'web.other.svc.cluster.local' }),
    HEADLESS,
    [],
  ],
  [
    'of a Service that does not lead to the pods, neither',
    alias([80], { externalName: 'db.shop.svc.cluster.local' }),
    HEADLESS,
    [],
  ],
])('a name %s', (_what, each, services, ports) => {
  const uses = externalNameUses([each], 'shop', services);
  expect(uses.map((use) => use.port)).toEqual(ports);
});

test('whoever connects is presumed to be where the name is, and is told apart', () => {
  expect(externalNameUses([alias([5432])], 'shop', HEADLESS)).toEqual([
    {
      port: 5432,
      protocol: 'TCP',
      user: 'Service edge/alias by the name of Service web',
      source: CLIENTS,
      outside: 'edge',
    },
  ]);
  const [own] = externalNameUses([alias([5432], { namespace: 'shop' })], 'shop', HEADLESS);
  expect(own).toMatchObject({ source: ANYBODY });
  expect(own?.outside).toBeUndefined();
});

test('of another namespace no more is read than could be believed', () => {
  const ports = Array.from({ length: 2000 }, (_, each) => each + 1);
  expect(externalNameUses([alias(ports), alias(ports)], 'shop', HEADLESS)).toHaveLength(1024);
});
