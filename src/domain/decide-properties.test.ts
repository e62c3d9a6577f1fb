import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { NetworkPolicy, Protocol } from '../api/kubernetes.ts';
import {
  carriedOut,
  NO_USAGE,
  namespace,
  pod,
  policy,
  port,
  service,
  snapshot,
  template,
  workload,
} from '../testing/builders.ts';
import { ownPolicy } from '../testing/own-policy.ts';
import { decide } from './decide.ts';
import type { TieredPolicy } from './evaluate/tiered-policy.ts';
import type { Plan } from './plan.ts';
import type { Snapshot } from './snapshot.ts';
import { portKey } from './workload/declared-ports.ts';
import type { ContainerPort, Pod } from './workload/workload.ts';

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
      labels: { app: 'web', tier },
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
const NARROWED: Record<string, readonly string[]> = {
  any: [],
  'same-namespace': EVERY_PORT,
  'namespace/b,namespace/a': EVERY_PORT,
  'same-namespace;8080/TCP=any': EVERY_PORT.filter((key) => key !== '8080/TCP'),
  '9090/TCP=namespace/a': ['9090/TCP'],
};

const annotations = fc.dictionary(
  fc.constantFrom(
    'portlock.dev/extra-ports',
    'portlock.dev/allow-from',
    'portlock.dev/accept-cuts',
    'portlock.dev/probe',
  ),
  fc.constantFrom(...Object.keys(NARROWED), '', '9090/TCP', '8080/UDP,1/TCP', 'on', 'off', '0/TCP'),
);

const world = fc
  .record({
    mode: fc.constantFrom(undefined, 'audit', 'enforce', 'enforce', 'enforce', 'off', 'Enforce'),
    byNamespace: fc.constantFrom(undefined, 'audit', 'enforce', 'typo'),
    annotations,
    templatePorts: ports,
    pods,
    strangers: pods,
    policies: fc.subarray(OTHERS),
    own: fc.option(fc.subarray(NUMBERS, { minLength: 1 }), { nil: undefined }),
    tiered,
    foreign,
    services: fc.subarray([service(8080), { ...service(9090), name: 'admin' }]),
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
      }),
      pods: fields.pods,
      selected: [...owned(fields.pods, 'Deployment/web'), ...owned(others, 'Job/other')].filter(
        (each) => each.live,
      ),
      policies: [...fields.policies, ...(own ? [ownPolicy(workload(), own)] : [])],
      tieredPolicies: fields.tiered,
      pluginPolicies: fields.foreign,
      usage: { ...NO_USAGE, services: fields.services },
      widening: fields.widening as Snapshot['widening'],
    });
  });

/** What a plan says and does, as text. */
function said({ policy: step, report, events, probe }: Plan): string {
  return JSON.stringify([step, report, events, probe]);
}

test('a policy allows no port that neither a spec nor extra-ports has, and to nobody unasked', () => {
  fc.assert(
    fc.property(world, (before) => {
      const plan = decide(before);
      if (plan.policy.do !== 'apply') return;
      const { spec } = plan.policy.policy;
      const own = before.workload;
      const text = own?.annotations['portlock.dev/extra-ports'] ?? '';
      const allowed = new Set([
        ...[own?.template.ports ?? [], ...before.pods.map((each) => each.ports)]
          .flat()
          .map((each) => portKey(each.port, each.protocol)),
        ...text.split(','),
      ]);
      expect(spec.podSelector).toEqual(own?.selector);
      expect(spec.policyTypes).toEqual(['Ingress']);
      expect(spec.egress).toBeUndefined();
      const rules = spec.ingress ?? [];
      for (const rule of rules) {
        expect(rule.ports?.length).toBeGreaterThan(0);
        for (const each of rule.ports ?? [])
          expect(allowed).toContain(portKey(each.port as number, each.protocol ?? ''));
      }
      // To everybody only where nothing is said of the port, or that.
      const narrow = NARROWED[own?.annotations['portlock.dev/allow-from'] ?? 'any'] ?? [];
      for (const key of narrow) {
        const about = rules.filter(({ ports = [] }) =>
          ports.some((each) => portKey(each.port as number, each.protocol ?? '') === key),
        );
        expect(about.every(({ from }) => (from?.length ?? 0) > 1)).toBe(true);
      }
      const ports = rules.flatMap((rule) => rule.ports ?? []);
      expect(new Set(ports.map((each) => JSON.stringify(each))).size).toBe(ports.length);
    }),
    { numRuns: 500 },
  );
});

test('on pods that others isolate the label alone opens nothing', () => {
  fc.assert(
    fc.property(world, (any) => {
      const before = {
        ...any,
        policies: [policy('default-deny'), ...any.policies.filter(isNarrow)],
      };
      const said = before.workload?.annotations['portlock.dev/allow-from'];
      const isSaidOfAll = said !== undefined && said !== '9090/TCP=namespace/a';
      if (isSaidOfAll && before.widening === 'explicit') return;
      expect(decide(before).policy.do).not.toBe('apply');
    }),
    { numRuns: 250 },
  );
});

/** Not ours, and allows nothing to everybody. */
function isNarrow({ metadata, spec }: NetworkPolicy): boolean {
  if (metadata.name === 'web-portlock') return false;
  return (spec.ingress ?? []).every((rule) => rule.from);
}

test('the order of what is listed changes no byte', () => {
  const shuffled = world.chain((before) => {
    const anyOrder = <T>(list: readonly T[]) =>
      fc.shuffledSubarray([...list], { minLength: list.length });
    return fc
      .record({
        pods: anyOrder(before.pods),
        selected: anyOrder(before.selected),
        policies: anyOrder(before.policies),
        tieredPolicies: anyOrder(before.tieredPolicies),
        services: anyOrder(before.usage.services),
      })
      .map(({ services, ...lists }) => ({
        before,
        after: { ...before, ...lists, usage: { ...before.usage, services } },
      }));
  });
  fc.assert(
    fc.property(shuffled, ({ before, after }) => {
      expect(said(decide(after))).toBe(said(decide(before)));
    }),
    { numRuns: 250 },
  );
});

test('a plan that was carried out leads to no write and no Event', () => {
  fc.assert(
    fc.property(world, (before) => {
      const once = carriedOut(before, decide(before));
      const plan = decide(once);
      expect(plan.policy).toEqual({ do: 'nothing' });
      expect(plan.events).toEqual([]);
      if (plan.report.do === 'ensure')
        expect(plan.report.report.status).toEqual(once.report?.status);
      else expect(once.report).toBeUndefined();
    }),
    { numRuns: 500 },
  );
});
