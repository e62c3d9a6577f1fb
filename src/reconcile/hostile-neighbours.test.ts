import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { NetworkPolicy } from '../api/kubernetes.ts';
import { decide } from '../domain/decide.ts';
import type { Plan } from '../domain/plan.ts';
import { grantedBy, grantsOf } from '../domain/policy/grants.ts';
import type { Monitor, Route } from '../domain/preflight/usage.ts';
import type { Pod, Workload } from '../domain/workload/workload.ts';
import {
  carriedOut,
  namespace,
  pod,
  policy,
  port,
  service,
  snapshot,
  template,
  workload,
} from '../testing/builders.ts';
import { fillStore } from '../testing/fill-store.ts';
import { monitor } from '../testing/preflight-builders.ts';
import { emptyCaches, reconcileContext } from '../testing/reconcile-context.ts';
import { scriptedClient } from '../testing/scripted-client.ts';
import { WEB_REPLICA_SET } from '../testing/shop-caches.ts';
import type { Caches } from './caches.ts';
import { observe } from './observe.ts';

/**
 * The same workload alone, and beside a namespace of somebody who may make there whatever they like:
 * forged references, the same names, uids, labels and addresses. `npm run test:hostile` has 200,000 of them.
 */
const RUNS = Number(process.env.HOSTILE_RUNS ?? 60);

const NUMBERS = [22, 8080, 8081, 9090, 31_337];
const somePorts = fc
  .subarray(NUMBERS, { maxLength: 3 })
  .map((numbers) => numbers.map((each) => port(each)));
const OWNERS = ['uid-web', 'uid-rs', 'uid-evil-rs', undefined];
const KINDS = ['ReplicaSet', 'Deployment', 'StatefulSet'];

const podState = {
  ports: somePorts,
  ready: fc.boolean(),
  terminating: fc.boolean(),
  hostNetwork: fc.constantFrom(false, false, true),
  ips: fc.subarray(['10.0.0.1', '10.0.0.2', 'fd00::1'], { minLength: 1 }),
};
const ownPods = fc.array(fc.record(podState), { maxLength: 3 });
const foreignPods = fc.array(
  fc.record({
    ...podState,
    ownerUid: fc.constantFrom(...OWNERS),
    ownerKind: fc.constantFrom(...KINDS),
    labels: fc.constantFrom({ app: 'web' }, { app: 'evil' }),
  }),
  { maxLength: 4 },
);
const foreignSets = fc.array(
  fc.record({
    ownerUid: fc.constantFrom('uid-web', 'uid-rs', 'uid-evil-rs'),
    uid: fc.constantFrom('uid-rs', 'uid-evil-rs'),
  }),
  { maxLength: 2 },
);
const namespaceSelector = fc.constantFrom(
  { any: true, matchNames: [] },
  { any: false, matchNames: ['shop'] },
  { any: false, matchNames: [] },
);
const endpoint = fc.record({
  targetPort: fc.constantFrom(undefined, ...NUMBERS, 'http'),
  portNumber: fc.constantFrom(undefined, ...NUMBERS),
  addressPorts: fc.subarray(NUMBERS, { maxLength: 1 }),
});
const foreignMonitors = fc.array(fc.tuple(endpoint, namespaceSelector), { maxLength: 3 });
const pluginPolicy = fc.constantFrom('none', 'open', 'ours');

const hostileWorld = fc.record({
  pods: foreignPods,
  replicaSets: foreignSets,
  serviceMonitors: foreignMonitors,
  podMonitors: foreignMonitors,
  policy: pluginPolicy,
  targetPort: fc.constantFrom(...NUMBERS),
  sameName: fc.boolean(),
});
type Hostile = typeof hostileWorld extends fc.Arbitrary<infer T> ? T : never;

const ownWorld = fc.record({
  mode: fc.constantFrom('enforce', 'audit'),
  template: somePorts,
  pods: ownPods,
  targetPort: fc.constantFrom(...NUMBERS),
  inForce: fc.boolean(),
  allowFrom: fc.constantFrom(undefined, 'same-namespace', 'namespace/edge;8080/TCP=any'),
  exposure: fc.constantFrom(undefined, 'LoadBalancer' as const),
});
type Own = typeof ownWorld extends fc.Arbitrary<infer T> ? T : never;

function fillOwn(caches: Caches, own: Own): void {
  const annotations: Workload['annotations'] =
    own.allowFrom === undefined ? {} : { 'portlock.dev/allow-from': own.allowFrom };
  const web = workload({
    mode: own.mode,
    annotations,
    template: template({ ports: own.template }),
  });
  fillStore(caches.namespaces, [namespace()]);
  fillStore(caches.workloads.Deployment, [web]);
  fillStore(caches.workloads.ReplicaSet, [WEB_REPLICA_SET]);
  fillStore(
    caches.pods,
    own.pods.map((each, index) => pod({ ...each, name: `web-${index}`, uid: `uid-${index}` })),
  );
  fillStore(caches.usage.services, [{ ...service(own.targetPort), exposure: own.exposure }]);
  const before = snapshot({ workload: workload({ template: web.template }) });
  if (own.inForce && own.mode === 'enforce')
    putPolicies(caches, carriedOut(before, decide(before)).policies);
}

function putPolicies(caches: Caches, policies: readonly NetworkPolicy[]): void {
  for (const each of policies) {
    const { name, namespace: where = '' } = each.metadata;
    const identity = { key: `${where}/${name}`, uid: `uid-${name}`, resourceVersion: '1' };
    caches.policies.set(identity, each, 'watch');
  }
}

function fillHostile(caches: Caches, hostile: Hostile): void {
  const evil = { namespace: 'evil' };
  fillStore(caches.namespaces, [namespace({ name: 'evil', labels: { app: 'web' } })]);
  if (hostile.sameName) fillStore(caches.workloads.Deployment, [workload(evil)]);
  fillStore(
    caches.pods,
    hostile.pods.map(
      (each, index): Pod => pod({ ...each, ...evil, name: `web-${index}`, uid: `uid-${index}` }),
    ),
  );
  fillStore(
    caches.workloads.ReplicaSet,
    hostile.replicaSets.map((each, index) => ({
      ...WEB_REPLICA_SET,
      ...each,
      ...evil,
      name: `rs-${index}`,
    })),
  );
  const named = [80, hostile.targetPort, undefined].map((to) => ({
    annotation: 'auth-url',
    namespace: 'shop',
    service: 'web',
    port: to,
    ...(to !== undefined && { byHost: true as const }),
  }));
  fillStore(caches.usage.services, [{ ...service(hostile.targetPort), ...evil, named }]);
  fillStore(caches.usage.endpointSlices, [
    {
      ...evil,
      name: 'web',
      service: 'web',
      ports: [{ name: '', protocol: 'TCP', port: hostile.targetPort }],
      addresses: ['10.0.0.1', 'fd00::1'],
      readyAddresses: [],
    },
  ]);
  fillStore(caches.usage.serviceMonitors, monitors(hostile.serviceMonitors));
  fillStore(caches.usage.podMonitors, monitors(hostile.podMonitors));
  fillStore(caches.usage.ingresses, [
    {
      ...evil,
      name: 'nosy',
      backends: [{ service: 'web', port: 80 }],
      addresses: ['192.0.2.1'],
      named,
    },
  ]);
  fillStore(caches.routes.httpRoutes, [route]);
  fillStore(caches.routes.openShiftRoutes, [{ ...route, kind: 'Route' }]);
  fillStore(
    caches.routes.virtualServices,
    [80, hostile.targetPort, undefined].map((to, index) => ({
      ...route,
      kind: 'VirtualService',
      name: `route-${index}`,
      backends: route.backends.map((each) => ({ ...each, port: to })),
    })),
  );
  if (hostile.policy === 'none') return;
  const foreign = policy('web-portlock', { podSelector: {}, ingress: [{}] });
  const metadata = { ...foreign.metadata, ...evil };
  const ours = {
    ...metadata,
    labels: { 'app.kubernetes.io/managed-by': 'portlock' },
    ownerReferences: carriedOut(snapshot(), decide(snapshot())).policies[0]?.metadata
      .ownerReferences,
  };
  putPolicies(caches, [
    { ...foreign, metadata: hostile.policy === 'ours' ? (ours as typeof metadata) : metadata },
  ]);
}

function monitors(foreign: Hostile['serviceMonitors']): Monitor[] {
  return foreign.map(([each, selector], index) =>
    monitor(each as Parameters<typeof monitor>[0], {
      namespace: 'evil',
      name: `nosy-${index}`,
      selector: {},
      namespaceSelector: selector,
    }),
  );
}

const route: Route = {
  kind: 'HTTPRoute',
  namespace: 'evil',
  name: 'nosy',
  backends: [{ group: '', kind: 'Service', namespace: 'shop', name: 'web', port: 80 }],
};

const scripted = scriptedClient();

test('nothing in another namespace adds a port, a target, or a hold that is not told apart', async () => {
  const context = reconcileContext(scripted.client);
  const { signal } = new AbortController();
  const planned = async (fill: (caches: Caches) => void): Promise<Plan> => {
    const caches = emptyCaches();
    fill(caches);
    const key = 'Deployment/shop/web';
    return decide(await observe(key, context.roleOf(key), { ...context, caches }, signal));
  };
  await fc.assert(
    fc.asyncProperty(ownWorld, hostileWorld, async (own, hostile) => {
      const alone = await planned((caches) => fillOwn(caches, own));
      const beside = await planned((caches) => {
        fillHostile(caches, hostile);
        fillOwn(caches, own);
      });
      expectNothingFromOutside(alone, beside);
    }),
    { numRuns: RUNS },
  );
}, 3_600_000);

function expectNothingFromOutside(alone: Plan, beside: Plan): void {
  const outside = beside.found.findings.filter((each) => each.outside !== undefined);
  for (const each of outside) {
    expect(each.outside).toEqual(['evil']);
    expect(each.users.every((user) => user.includes('evil/'))).toBe(true);
    expect(each.fix).not.toMatch(/extra-ports|declare/);
    expect(each.fix).toMatch(/ask there|nothing waits for it|by a name that no container has/);
  }
  // What is found inside is found the same, with whoever else may refer to it.
  const inside = beside.found.findings.filter((each) => each.outside === undefined);
  const said = (findings: Plan['found']['findings']) =>
    findings.map(({ port: number, protocol, fix, holds }) => ({ number, protocol, fix, holds }));
  expect(said(inside)).toEqual(said(alone.found.findings));

  const isHeld = outside.some(({ holds }) => holds) && alone.policy.do === 'apply';
  // A first policy waits, and one in force may stay as it was; neither allows more.
  if (isHeld) expectNoWider(beside, alone);
  else {
    expect(beside.policy).toEqual(alone.policy);
    expect(beside.desired).toEqual(alone.desired);
  }
  expect(beside.declared).toEqual(alone.declared);
  expect(beside.probeable).toEqual(alone.probeable);
  expect(beside.probe.sweeps).toEqual(alone.probe.sweeps);
  expect(beside.probe.round?.pods).toEqual(alone.probe.round?.pods);
  const asked = new Set(beside.found.referred);
  const own = new Set([...(alone.probe.round?.ports ?? []), ...(beside.probe.round?.decoys ?? [])]);
  const added = (beside.probe.round?.ports ?? []).filter((each) => !own.has(each));
  expect(added.every((each) => asked.has(each))).toBe(true);
}

function expectNoWider({ policy: step, desired }: Plan, alone: Plan): void {
  const live = alone.policy.do === 'apply' ? alone.policy.live : undefined;
  if (!live) {
    expect(step).toEqual({ do: 'nothing' });
    expect(desired).toBeUndefined();
  }
  const granted = [alone.desired, live].flatMap((each) => (each ? (grantsOf(each) ?? []) : []));
  const allowed = desired ? (grantsOf(desired) ?? []) : [];
  expect(allowed.filter((grant) => !grantedBy(granted)(grant))).toEqual([]);
}
