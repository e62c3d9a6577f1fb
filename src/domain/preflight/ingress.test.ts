import { expect, test } from 'vitest';
import { reached, service, servicePort } from '../../testing/preflight-builders.ts';
import { ingressUses } from './ingress.ts';
import { AT_LOAD_BALANCER, podsOf } from './source.ts';
import type { Entrance } from './usage.ts';

const SERVICES = reached([service({ ports: [servicePort({ name: 'http', targetPort: 9090 })] })]);

test.each([
  ['a number', 'shop', 80, [9090]],
  ['a name', 'shop', 'http', [9090]],
  ['a port that the Service lacks', 'shop', 81, []],
  ['another namespace', 'other', 80, []],
] as const)('%s', (_name, namespace, port, expected) => {
  const backends = [{ service: 'web', port }];
  const ingress = { namespace, name: 'edge', backends, addresses: [] };
  expect(ingressUses([ingress], [], 'shop', SERVICES)).toEqual(
    expected.map((each) => ({
      port: each,
      protocol: 'TCP',
      user: 'Ingress shop/edge through Service web',
      source: podsOf('the ingress controller'),
    })),
  );
});

test.each<[string, string[], Entrance[], string | undefined]>([
  ['nowhere that it says', [], [{ address: '192.0.2.1', namespace: 'edge' }], undefined],
  ['at an address of nobody', ['192.0.2.1'], [], undefined],
  [
    'at one of a load balancer',
    ['192.0.2.1', 'edge.example.test'],
    [
      { address: 'edge.example.test', namespace: 'edge' },
      { address: '192.0.2.1', namespace: 'edge' },
      { address: '192.0.2.2', namespace: 'other' },
    ],
    'edge',
  ],
  [
    'at an address that two share',
    ['192.0.2.1'],
    [
      { address: '192.0.2.1', namespace: 'edge' },
      { address: '192.0.2.1', namespace: 'other' },
    ],
    undefined,
  ],
])('the controller is reached %s: it runs in %4$s', (_where, addresses, entrances, namespace) => {
  const backends = [{ service: 'web', port: 80 }];
  const ingress = { namespace: 'shop', name: 'edge', backends, addresses };
  const [use] = ingressUses([ingress], entrances, 'shop', SERVICES);
  expect(use?.source).toEqual({ kind: 'pods', whose: 'the ingress controller', namespace });
});

test('annotations of the Ingress and of its Service say where a load balancer or the controller asks for health', () => {
  const services = reached([
    service({ ports: [servicePort({})], healthChecks: [{ by: 'controller', port: 8087 }] }),
  ]);
  const backends = [
    { service: 'web', port: 80 },
    { service: 'elsewhere', port: 80 },
  ];
  const healthChecks = [{ by: 'loadBalancer' as const, port: 8085 }];
  const ingress = { namespace: 'shop', name: 'edge', backends, addresses: [], healthChecks };
  const uses = ingressUses([ingress], [], 'shop', services);
  const asked = uses.filter(({ user }) => user === 'Ingress shop/edge health check');
  expect(asked.map(({ port, source }) => [port, source])).toEqual([
    [8085, AT_LOAD_BALANCER],
    [8087, podsOf('the ingress controller')],
  ]);
});

test.each<[string | undefined, { port: number; ifOpen?: true }[]]>([
  ['ip', [{ port: 8085 }]],
  [undefined, [{ port: 8085, ifOpen: true }]],
  ['instance', []],
])('with target type %s AWS asks the pods on %j', (type, expected) => {
  const albHealth = { port: 8085, ...(type !== undefined && { targetType: type }) };
  const backends = [{ service: 'web', port: 80 }];
  const ingress = { namespace: 'shop', name: 'edge', backends, addresses: [], albHealth };
  const uses = ingressUses([ingress], [], 'shop', SERVICES).filter(({ user }) =>
    user.includes('health check'),
  );
  expect(uses).toMatchObject(expected);
  expect(uses).toHaveLength(expected.length);
  for (const { source, ifOpen } of uses) {
    expect(source).toEqual(AT_LOAD_BALANCER);
    expect(ifOpen).toBe(expected[0]?.ifOpen);
  }
});

test('where nothing is said of a health check, nothing is known of the target type', () => {
  const backends = [{ service: 'web', port: 80 }];
  const ingress = { namespace: 'shop', name: 'edge', backends, addresses: [], albHealth: {} };
  const [use] = ingressUses([ingress], [], 'shop', SERVICES);
  expect(use?.source).toEqual(podsOf('the ingress controller'));
});
