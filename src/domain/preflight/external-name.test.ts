import { expect, test } from 'vitest';
import { NO_USAGE, port } from '../../testing/builders.ts';
import { HTTP, reached, service, servicePort, shape } from '../../testing/preflight-builders.ts';
import { aliasesInto, externalNameUses, serviceNamed } from './external-name.ts';
import type { ReachedServices } from './reached-service.ts';
import { ANYBODY } from './source.ts';
import type { ClusterUsage, Service } from './usage.ts';

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

function usesBy(
  services: readonly Service[],
  reachable: ReachedServices,
  usage: Partial<ClusterUsage> = {},
) {
  return externalNameUses({ ...NO_USAGE, ...usage, services }, 'shop', reachable);
}

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
  const uses = usesBy([each], services);
  expect(uses.map((use) => use.port)).toEqual(ports);
});

test('whoever connects is presumed to be where the name is, and is told apart', () => {
  expect(usesBy([alias([5432])], HEADLESS)).toEqual([
    {
      port: 5432,
      protocol: 'TCP',
      user: 'Service edge/alias by the name of Service web',
      source: CLIENTS,
      outside: 'edge',
    },
  ]);
  const [own] = usesBy([alias([5432], { namespace: 'shop' })], HEADLESS);
  expect(own).toMatchObject({ source: ANYBODY });
  expect(own?.outside).toBeUndefined();
});

test('of another namespace no more is read than could be believed', () => {
  const ports = Array.from({ length: 2000 }, (_, each) => each + 1);
  expect(usesBy([alias(ports), alias(ports)], HEADLESS)).toHaveLength(1024);
});

/** `name` in `namespace` is another name of what `names` says, as `web.shop`. */
function nameOf(namespace: string, name: string, names: string): Service {
  return alias([5432], { namespace, name, externalName: `${names}.svc.cluster.local` });
}

test.each<[string, Service[], string[]]>([
  ['one name', [nameOf('a', 'x', 'web.shop')], ['a/x']],
  [
    'a name of a name',
    [nameOf('b', 'y', 'x.a'), nameOf('a', 'x', 'web.shop'), nameOf('c', 'z', 'y.b')],
    ['a/x', 'b/y', 'c/z'],
  ],
  ['names of each other', [nameOf('a', 'x', 'y.b'), nameOf('b', 'y', 'x.a')], []],
  [
    'a name of something else there',
    [nameOf('b', 'y', 'z.a'), nameOf('a', 'x', 'web.shop')],
    ['a/x'],
  ],
])('%s leads to the Service as far as it does', (_what, names, expected) => {
  const told = names.map(
    (each) => `Service ${each.namespace}/${each.name} by the name of Service web`,
  );
  const uses = usesBy(names, HEADLESS).map(({ user }) => user);
  expect(uses.sort()).toEqual(
    told.filter((each) => expected.some((one) => each.includes(`${one} `))).sort(),
  );
  const namedIn = (namespace: string) =>
    names.filter(({ externalName }) => serviceNamed(externalName)?.namespace === namespace);
  const found = aliasesInto('shop', namedIn).map((each) => `${each.namespace}/${each.name}`);
  expect(found).toEqual(expected);
});

test('what is sent to the name by an Ingress or a route comes from a controller', () => {
  const ingresses = [
    {
      namespace: 'edge',
      name: 'front',
      backends: [{ service: 'alias', port: 80 }],
      addresses: [],
    },
  ];
  const backend = {
    group: undefined,
    kind: undefined,
    namespace: undefined,
    name: 'alias',
    port: 80,
  };
  const routes = [
    { kind: 'HTTPRoute' as const, namespace: 'edge', name: 'front', backends: [backend] },
  ];
  const uses = usesBy([alias([80])], BALANCED, { ingresses, routes });
  expect(uses.map(({ port: number, user, outside }) => [number, user, outside])).toEqual([
    [9090, 'Service edge/alias by the name of Service web', 'edge'],
    [9090, 'Ingress edge/front through Service alias', 'edge'],
    [9090, 'HTTPRoute edge/front through Service alias', 'edge'],
  ]);
  expect(uses.slice(1).map(({ source }) => source)).toEqual([
    { kind: 'pods', whose: 'the ingress controller', namespace: undefined },
    { kind: 'pods', whose: 'the gateway', namespace: undefined },
  ]);
});

test('what an annotation has a controller connect to by the name is looked up to the Service behind it', () => {
  const named = {
    annotation: 'auth-url',
    namespace: 'edge',
    service: 'alias',
    port: 80,
    byHost: true as const,
  };
  const ingress = { namespace: 'bank', name: 'front', backends: [], addresses: [], named: [named] };
  const uses = usesBy([alias([])], BALANCED, { ingresses: [ingress] });
  expect(uses.map(({ port: number, user, outside }) => [number, user, outside])).toEqual([
    [9090, 'Service edge/alias by the name of Service web', 'edge'],
    [9090, 'Ingress bank/front auth-url through Service alias', 'edge'],
  ]);
});
