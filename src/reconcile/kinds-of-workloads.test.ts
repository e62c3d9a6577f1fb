import { beforeEach, describe, expect, test } from 'vitest';
import type { NetworkPolicy } from '../api/kubernetes.ts';
import type { Role } from '../domain/snapshot.ts';
import { policyName } from '../domain/workload/object-names.ts';
import { isWorkload, type WorkloadKind } from '../domain/workload/workload.ts';
import type { KubernetesObject } from '../kube/resource.ts';
import { objectKey, resourcePath } from '../kube/resource.ts';
import { NETWORK_POLICIES, WORKLOAD_RESOURCES } from '../kube/resources.ts';
import { namespace } from '../testing/builders.ts';
import { fillStore } from '../testing/fill-store.ts';
import { KeptObjects } from '../testing/kept-objects.ts';
import { emptyCaches, reconcileContext } from '../testing/reconcile-context.ts';
import { scriptedClient } from '../testing/scripted-client.ts';
import { showIn } from '../testing/shown-in-caches.ts';
import type { Context } from './context.ts';
import { reconcile } from './reconcile.ts';
import { type WorkloadKey, workloadKey } from './workload-key.ts';

/** What becomes of workloads of other kinds in a cluster: observed, decided and acted on, with a scripted API server. */

const scripted = scriptedClient();
const LEADS: Role = { policy: true, probe: false, secondProbe: false, hasSecond: false };

let kept: KeptObjects;
let context: Context;

beforeEach(() => {
  kept = new KeptObjects();
  scripted.server.otherwise(kept.answer);
  const caches = emptyCaches();
  fillStore(caches.namespaces, [namespace()]);
  context = reconcileContext(scripted.client, { caches, roleOf: () => LEADS });
});

type Wire = KubernetesObject & { spec?: object };

const labels = { app: 'web' };
function template(port: number) {
  return {
    metadata: { labels },
    spec: { containers: [{ name: 'app', ports: [{ containerPort: port }] }] },
  };
}
function named(name: string, more: Partial<Wire['metadata']> = {}): Wire['metadata'] {
  const mode = { 'portlock.dev/mode': 'enforce' };
  return { name, namespace: 'shop', uid: `uid-${name}`, labels: mode, generation: 1, ...more };
}
function ownedBy(apiVersion: string, kind: string, name: string) {
  return { ownerReferences: [{ apiVersion, kind, name, uid: `uid-${name}`, controller: true }] };
}

let version = 200;
/** An object of that kind is there by now; the cache may be behind. */
function put(kind: WorkloadKind, wire: Wire, seen: 'seen' | 'unseen' = 'seen'): WorkloadKey {
  const { name } = wire.metadata;
  kept.put(resourcePath(WORKLOAD_RESOURCES[kind], { namespace: 'shop', name }), wire);
  version += 1;
  const store = context.caches.workloads[kind];
  const identity = {
    key: objectKey(wire.metadata),
    uid: `uid-${name}`,
    resourceVersion: `${version}`,
  };
  if (seen === 'seen')
    store.set(
      identity,
      store.kind.project(wire, () => {}),
      'watch',
    );
  return workloadKey({ kind, namespace: 'shop', name });
}

function putPod(
  name: string,
  port: number,
  owner: ReturnType<typeof ownedBy>,
  more: object = {},
): void {
  const wire = {
    metadata: { name, namespace: 'shop', uid: `uid-${name}`, labels, ...owner },
    spec: template(port).spec,
    status: { phase: 'Running', podIPs: [{ ip: '127.0.0.9' }], ...more },
  };
  version += 1;
  const { pods } = context.caches;
  const identity = { key: `shop/${name}`, uid: `uid-${name}`, resourceVersion: `${version}` };
  pods.set(
    identity,
    pods.kind.project(wire, () => {}),
    'watch',
  );
}

async function look(key: WorkloadKey): Promise<void> {
  await reconcile(key, context, new AbortController().signal);
  showIn(context.caches, kept);
}

function policyOf(kind: WorkloadKind, name: string): NetworkPolicy | undefined {
  const path = resourcePath(NETWORK_POLICIES, {
    namespace: 'shop',
    name: policyName({ kind, name }),
  });
  return kept.at(path) as NetworkPolicy | undefined;
}

function portsOf(kind: WorkloadKind, name: string): unknown[] | undefined {
  const policy = policyOf(kind, name);
  return policy?.spec.ingress?.flatMap(({ ports = [] }) => ports.map((each) => each.port));
}

test.each<[WorkloadKind, Wire, string]>([
  [
    'ReplicaSet',
    { metadata: named('web'), spec: { selector: { matchLabels: labels }, template: template(80) } },
    'apps/v1',
  ],
  [
    'Job',
    {
      metadata: named('web'),
      spec: {
        manualSelector: true,
        selector: { matchLabels: labels },
        template: template(80),
      },
    },
    'batch/v1',
  ],
  [
    'CronJob',
    { metadata: named('web'), spec: { jobTemplate: { spec: { template: template(80) } } } },
    'batch/v1',
  ],
  [
    'Rollout',
    { metadata: named('web'), spec: { selector: { matchLabels: labels }, template: template(80) } },
    'argoproj.io/v1alpha1',
  ],
])('a %s gets a policy and a report of its own', async (kind, wire, apiVersion) => {
  await look(put(kind, wire));
  const suffix = kind.toLowerCase();
  expect(policyOf(kind, 'web')).toMatchObject({
    metadata: {
      name: `web-${suffix}-portlock`,
      ownerReferences: [
        {
          apiVersion,
          kind,
          name: 'web',
          uid: 'uid-web',
          controller: true,
          blockOwnerDeletion: false,
        },
      ],
    },
    spec: {
      podSelector: { matchLabels: labels },
      ingress: [{ ports: [{ port: 80, protocol: 'TCP' }] }],
    },
  });
  const [report] = kept.all('portexposurereports');
  expect(report).toMatchObject({
    metadata: { name: `web-${suffix}` },
    spec: { targetRef: { apiVersion, kind, name: 'web' } },
  });
});

test('the policy of a CronJob stays between two runs, and goes with its label', async () => {
  const cronJob = {
    metadata: named('web'),
    spec: { jobTemplate: { spec: { template: template(80) } } },
  };
  const key = put('CronJob', cronJob);
  put('Job', { metadata: named('web-1', ownedBy('batch/v1', 'CronJob', 'web')) });
  putPod('web-1-x', 80, ownedBy('batch/v1', 'Job', 'web-1'));
  await look(key);
  context.caches.pods.delete('shop/web-1-x', 'watch');
  context.caches.workloads.Job.delete('shop/web-1', 'watch');
  await look(key);
  expect(portsOf('CronJob', 'web')).toEqual([80]);
  put('CronJob', { ...cronJob, metadata: named('web', { labels: {} }) });
  await look(key);
  expect(portsOf('CronJob', 'web')).toBeUndefined();
});

describe('a ReplicaSet that a Deployment takes over', () => {
  const spec = { selector: { matchLabels: labels }, template: template(80) };
  const taken = { metadata: named('web-1', ownedBy('apps/v1', 'Deployment', 'web')), spec };

  test('loses its own policy', async () => {
    const key = put('ReplicaSet', { metadata: named('web-1'), spec });
    await look(key);
    expect(portsOf('ReplicaSet', 'web-1')).toEqual([80]);
    put('ReplicaSet', taken);
    await look(key);
    expect(portsOf('ReplicaSet', 'web-1')).toBeUndefined();
    expect(kept.all('portexposurereports')).toEqual([]);
  });

  test('keeps it while only a cache that is behind says so', async () => {
    const key = put('ReplicaSet', { metadata: named('web-1'), spec });
    await look(key);
    put('ReplicaSet', taken);
    put('ReplicaSet', { metadata: named('web-1'), spec }, 'unseen');
    await look(key);
    expect(portsOf('ReplicaSet', 'web-1')).toEqual([80]);
  });
});

describe('a Rollout with the template of a Deployment', () => {
  const workloadRef = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' };
  const rollout = { metadata: named('web', { uid: 'uid-ro' }), spec: { workloadRef } };
  const lender = (port: number) => ({
    metadata: named('web', { labels: {} }),
    spec: { selector: { matchLabels: labels }, template: template(port) },
  });
  const byRollout = (name: string) => {
    const reference = { apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout', name: 'web' };
    const ownerReferences = [{ ...reference, uid: 'uid-ro', controller: true }];
    put('ReplicaSet', { metadata: named(name, { labels, ownerReferences }) });
    return ownedBy('apps/v1', 'ReplicaSet', name);
  };

  test('opens both ports through a canary, and narrows once the last old pod is gone', async () => {
    put('Deployment', lender(8080));
    const key = put('Rollout', rollout);
    putPod('web-old', 8080, byRollout('old'));
    await look(key);
    expect(portsOf('Rollout', 'web')).toEqual([8080]);
    put('Deployment', lender(9090));
    putPod('web-new', 9090, byRollout('new'));
    await look(key);
    expect(portsOf('Rollout', 'web')).toEqual([8080, 9090]);
    context.caches.pods.delete('shop/web-old', 'watch');
    await look(key);
    expect(portsOf('Rollout', 'web')).toEqual([9090]);
  });

  test('keeps its policy as it is while the Deployment is away', async () => {
    put('Deployment', lender(8080));
    const key = put('Rollout', rollout);
    await look(key);
    context.caches.workloads.Deployment.delete('shop/web', 'watch');
    await look(key);
    expect(portsOf('Rollout', 'web')).toEqual([8080]);
    expect(policyOf('Rollout', 'web')?.spec.podSelector).toEqual({ matchLabels: labels });
  });
});

test('what is known by a link is no workload, whatever its label says', () => {
  put('Job', { metadata: named('web-1', ownedBy('batch/v1', 'CronJob', 'web')) });
  const [link] = context.caches.workloads.Job.list();
  expect(link && isWorkload(link)).toBe(false);
  expect(context.caches.optedIn()).toEqual([]);
});
