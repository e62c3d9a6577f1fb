import fc from 'fast-check';
import type { NetworkPolicy, Protocol } from '../api/kubernetes.ts';
import type { TieredPolicy } from '../domain/evaluate/tiered-policy.ts';
import type { Snapshot } from '../domain/snapshot.ts';
import type { ContainerPort, Pod } from '../domain/workload/workload.ts';
import {
  NO_USAGE,
  namespace,
  pod,
  policy,
  port,
  service,
  snapshot,
  template,
  workload,
} from './builders.ts';
import { ownPolicy } from './own-policy.ts';

/** Small worlds, in which whatever can meet does meet. */
const NUMBERS = [1, 8080, 8081, 9090, 65_535];
const anyPort = fc
  .tuple(
    fc.constantFrom(...NUMBERS),
    fc.constantFrom<Protocol>('TCP', 'UDP'),
    fc.option(fc.constantFrom('http', 'admin'), { nil: undefined }),
  )
  .map(
    ([number, protocol, name]): ContainerPort => ({
      ...port(number, protocol),
      ...(name !== undefined && { name }),
    }),
  );
const ports = fc.array(anyPort, { maxLength: 4 });

const anyPod = fc
  .record({
    ports,
    live: fc.boolean(),
    ready: fc.boolean(),
    terminating: fc.boolean(),
    hostNetwork: fc.constantFrom(false, false, false, true),
    templateHash: fc.constantFrom('a', 'b'),
    tier: fc.constantFrom('x', 'y'),
    proxy: fc.constantFrom('', '', '', 'istio-proxy', 'linkerd-proxy'),
  })
  .map(({ tier, proxy, ...fields }) => (index: number): Pod => {
    const base = pod();
    return {
      ...base,
      ...fields,
      name: `web-${index}`,
      uid: `uid-${index}`,
      ips: [`10.0.0.${index + 1}`],
      labels: { app: 'web', tier, 'pod-template-hash': fields.templateHash },
      use: { ...base.use, containers: proxy ? ['app', proxy] : ['app'] },
    };
  });
const pods = fc
  .array(anyPod, { maxLength: 4 })
  .map((makers) => makers.map((make, index) => make(index)));

const OTHERS: NetworkPolicy[] = [
  policy('default-deny'),
  policy('allow-all', { ingress: [{}] }),
  policy('empty-port', { ingress: [{ ports: [{}] }] }),
  policy('range', { ingress: [{ ports: [{ port: 8000, endPort: 9000 }] }] }),
  policy('named', { ingress: [{ from: [{ podSelector: {} }], ports: [{ port: 'http' }] }] }),
  policy('tier-x', { podSelector: { matchLabels: { tier: 'x' } } }),
  policy('made-by-deployment', {
    podSelector: { matchExpressions: [{ key: 'pod-template-hash', operator: 'Exists' }] },
    ingress: [{ ports: [{ port: 9090 }] }],
  }),
  policy('egress', { policyTypes: ['Egress'] }),
  policy('nulls', { ingress: [{ from: null, ports: null } as never] }),
];
const tiered = fc.subarray<TieredPolicy>([
  {
    apiVersion: 'policy.networking.k8s.io/v1alpha1',
    kind: 'AdminNetworkPolicy',
    metadata: { name: 'admin' },
    spec: {
      priority: 1,
      subject: { namespaces: {} },
      ingress: [{ action: 'Deny', from: [{ namespaces: {} }] }],
    },
  },
  {
    apiVersion: 'policy.networking.k8s.io/v1alpha1',
    kind: 'BaselineAdminNetworkPolicy',
    metadata: { name: 'default' },
    spec: {
      subject: { namespaces: {} },
      ingress: [{ action: 'Deny', from: [{ namespaces: {} }] }],
    },
  },
]);
const foreign = fc.subarray([
  {
    apiVersion: 'cilium.io/v2',
    kind: 'CiliumNetworkPolicy',
    metadata: { name: 'l7', namespace: 'shop' },
    spec: { endpointSelector: {}, ingress: [{}] },
  },
]);

/** Ports that each value of allow-from narrows, of those that there are. */
const EVERY_PORT = NUMBERS.flatMap((number) => [`${number}/TCP`, `${number}/UDP`]);
export const NARROWED: Record<string, readonly string[]> = {
  any: [],
  'same-namespace': EVERY_PORT,
  'namespace/b,namespace/a': EVERY_PORT,
  'same-namespace;8080/TCP=any': EVERY_PORT.filter((key) => key !== '8080/TCP'),
  '9090/TCP=namespace/a': ['9090/TCP'],
};

const annotations = fc.dictionary(
  fc.constantFrom(
    'portlock.dev/extra-ports',
    'portlock.dev/closed-ports',
    'portlock.dev/allow-from',
    'portlock.dev/accept-cuts',
    'portlock.dev/probe',
  ),
  fc.constantFrom(
    ...Object.keys(NARROWED),
    '',
    '9090/TCP',
    '8080/UDP,1/TCP',
    '8079-8081/TCP',
    '1-2/UDP,9000-9099/TCP',
    'on',
    'off',
    '0/TCP',
  ),
);

/** A snapshot of such a world. */
export const world = fc
  .record({
    mode: fc.constantFrom(undefined, 'audit', 'enforce', 'enforce', 'enforce', 'off', 'Enforce'),
    byNamespace: fc.constantFrom(undefined, 'audit', 'enforce', 'typo'),
    annotations,
    templatePorts: ports,
    pods,
    strangers: pods,
    policies: fc.subarray(OTHERS),
    own: fc.option(
      fc.subarray<number | `${number}-${number}`>([...NUMBERS, '8079-8081', '9000-9099'], {
        minLength: 1,
      }),
      { nil: undefined },
    ),
    tiered,
    foreign,
    services: fc.subarray([
      service(8080),
      { ...service(9090), name: 'admin' },
      { ...service(8081), name: 'edge', exposure: 'LoadBalancer' as const },
      { ...service(8080), name: 'peers', headless: true },
      { ...service(9090), name: 'tier', selector: { app: 'web', tier: 'x' } },
      { ...service(8081), name: 'leader', selector: { app: 'web', role: 'leader' } },
      {
        ...service(9090),
        namespace: 'edge',
        name: 'alias',
        externalName: 'peers.shop.svc.cluster.local',
        selector: {},
      },
    ]),
    replicas: fc.constantFrom(undefined, 1, 2),
    preflight: fc.constantFrom(0, 0, 10_000),
    widening: fc.constantFrom('explicit', 'explicit', 'never'),
  })
  .map((fields): Snapshot => {
    const { strangers, own, byNamespace } = fields;
    const others = strangers.map((each) => ({ ...each, uid: `other-${each.uid}` }));
    const owned = (list: readonly Pod[], owner: string) => list.map((each) => ({ ...each, owner }));
    return snapshot({
      namespace: namespace({ labels: byNamespace ? { 'portlock.dev/mode': byNamespace } : {} }),
      workload: workload({
        mode: fields.mode,
        annotations: fields.annotations,
        template: template({ ports: fields.templatePorts }),
        ...(fields.replicas !== undefined && { replicas: fields.replicas }),
      }),
      pods: fields.pods,
      selected: [...owned(fields.pods, 'Deployment/web'), ...owned(others, 'Job/other')].filter(
        (each) => each.live,
      ),
      policies: [...fields.policies, ...(own ? [ownPolicy(workload(), own)] : [])],
      tieredPolicies: fields.tiered,
      pluginPolicies: fields.foreign,
      usage: { ...NO_USAGE, services: fields.services },
      timing: { ...snapshot().timing, preflight: fields.preflight },
      widening: fields.widening as Snapshot['widening'],
    });
  });
