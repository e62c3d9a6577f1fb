import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { NetworkPolicy } from '../api/kubernetes.ts';
import type { PortExposureReport } from '../api/port-exposure-report.ts';
import type { TieredPolicy } from '../domain/evaluate/tiered-policy.ts';
import type { Route, WebhookConfiguration } from '../domain/preflight/usage.ts';
import { ROUTE_KINDS } from '../kube/decisive-kinds.ts';
import type { Store } from '../kube/store.ts';
import { namespace, pod, policy, service, workload } from '../testing/builders.ts';
import { monitor } from '../testing/preflight-builders.ts';
import { emptyCaches } from '../testing/reconcile-context.ts';
import { WEB_REPLICA_SET } from '../testing/shop-caches.ts';
import type { Caches } from './caches.ts';
import { allKeys, enqueueChanges } from './enqueue.ts';

const WEB = 'Deployment/shop/web';
const OTHER = 'Deployment/other/web';
const TO_WEB = [{ service: 'web', port: 80 }];

let caches: Caches;
let queued: string[];
let stop: () => void;
let version: number;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  version = 0;
  caches = emptyCaches();
  for (const [name, uid] of [
    ['shop', 'uid-web'],
    ['other', 'uid-other'],
  ] as const) {
    put(caches.namespaces, name, namespace({ name }));
    put(caches.workloads.Deployment, `${name}/web`, workload({ namespace: name, uid }));
    put(caches.workloads.Deployment, `${name}/out`, workload({ name: 'out', mode: 'off' }));
  }
  queued = [];
  stop = enqueueChanges(caches, (key, priority) =>
    queued.push(priority === 'change' ? key : `${key} (resync)`),
  );
});
afterEach(() => {
  stop();
  vi.useRealTimers();
});

function put<T, Index extends string>(
  store: Store<T, Index>,
  key: string,
  value: T,
  uid = key,
): void {
  version += 1;
  store.set({ key, uid, resourceVersion: `${version}` }, value, 'watch');
}

/** What a change has queued at once. */
function atOnce(change: () => void): string[] {
  queued.length = 0;
  change();
  return [...new Set(queued)].sort();
}

/** What a change has queued once what comes together was gathered; nothing of it at once. */
function gathered(change: () => void): string[] {
  expect(atOnce(change)).toEqual([]);
  vi.advanceTimersByTime(20_000);
  return [...new Set(queued)].sort().map((key) => key.replace(' (resync)', ''));
}

describe('what leads to pods concerns their workloads at once', () => {
  beforeEach(() => {
    put(caches.pods, 'shop/web-1', pod({ ips: ['10.0.0.1'] }));
    put(caches.usage.services, 'shop/web', service(8080));
  });

  const where = { namespace: 'shop', name: 'x' };
  const listed = { addresses: ['10.0.0.1'], readyAddresses: [] };
  const slice = { ...where, service: 'web', ports: [], ...listed };
  test.each<[string, () => void, () => void]>([
    [
      'a Service',
      () => put(caches.usage.services, 'shop/x', service(9090)),
      () => put(caches.usage.services, 'shop/x', service(9091)),
    ],
    [
      'an EndpointSlice',
      () => put(caches.usage.endpointSlices, 'shop/x', slice),
      () => put(caches.usage.endpointSlices, 'shop/x', { ...slice, addresses: [] }),
    ],
    [
      'an Ingress',
      () => put(caches.usage.ingresses, 'shop/x', { ...where, backends: TO_WEB, addresses: [] }),
      () =>
        put(caches.usage.ingresses, 'shop/x', {
          ...where,
          backends: TO_WEB,
          addresses: ['192.0.2.1'],
        }),
    ],
  ])('%s', (_what, create, edit) => {
    expect(atOnce(create)).toEqual([WEB]);
    expect(atOnce(create), 'its status changed').toEqual([]);
    expect(atOnce(edit)).toEqual([WEB]);
  });
});

test('an EndpointSlice that lists pods of another namespace concerns those, too, gathered', () => {
  put(caches.pods, 'shop/web-1', pod({ ips: ['10.0.0.1'] }));
  put(caches.pods, 'shop/host', pod({ name: 'host', hostNetwork: true, ips: ['192.0.2.1'] }));
  const slice = { namespace: 'other', name: 'x', service: 'web', ports: [], readyAddresses: [] };
  const lists = (...addresses: string[]) =>
    put(caches.usage.endpointSlices, 'other/x', { ...slice, addresses });
  const later = (change: () => void) => {
    expect(atOnce(change), 'it lists none of its own').toEqual([]);
    vi.advanceTimersByTime(20_000);
    return queued.includes(`${WEB} (resync)`);
  };
  expect(later(() => lists('10.0.0.2', '192.0.2.1'))).toBe(false);
  expect(later(() => lists('10.0.0.1'))).toBe(true);
  expect(later(() => lists())).toBe(true);
});

describe('what may refer to other namespaces is gathered, and concerns those', () => {
  const route = (backends: Route['backends']): Route => ({
    kind: 'HTTPRoute',
    namespace: 'other',
    name: 'x',
    backends,
  });
  const backend = (where: string | undefined) => ({
    group: '',
    kind: 'Service',
    namespace: where,
    name: 'web',
    port: 80,
  });
  test.each(Object.keys(ROUTE_KINDS) as (keyof typeof ROUTE_KINDS)[])(
    'of %s, the namespaces of their backends, before and after',
    (store) => {
      const change = (where: string | undefined) =>
        gathered(() => put(caches.routes[store], 'other/x', route([backend(where)])));
      expect(change('shop')).toEqual([WEB]);
      expect(change(undefined), 'a backend is in its own namespace').toEqual([OTHER, WEB]);
      expect(gathered(() => caches.routes[store].delete('other/x', 'watch'))).toEqual([OTHER]);
      expect(gathered(() => put(caches.routes[store], 'other/x', route([])))).toEqual([]);
    },
  );

  test.each(['serviceMonitors', 'podMonitors'] as const)('of %s, those they select', (store) => {
    const change = (any: boolean, matchNames: string[]) =>
      gathered(() =>
        put(
          caches.usage[store],
          'other/x',
          monitor({}, { namespace: 'other', namespaceSelector: { any, matchNames } }),
        ),
      );
    expect(change(false, [])).toEqual([OTHER]);
    expect(change(false, ['shop'])).toEqual([OTHER, WEB]);
    expect(change(true, [])).toEqual([OTHER, WEB]);
    expect(gathered(() => caches.usage[store].delete('other/x', 'watch'))).toEqual([OTHER, WEB]);
  });

  test.each(['validatingWebhooks', 'mutatingWebhooks'] as const)(
    'of %s, those of their Services',
    (store) => {
      const hook = (...namespaces: string[]): WebhookConfiguration => ({
        kind: 'ValidatingWebhookConfiguration',
        name: 'x',
        services: namespaces.map((each) => ({ namespace: each, name: 'web', port: 443 })),
      });
      expect(gathered(() => put(caches.usage[store], 'x', hook('shop')))).toEqual([WEB]);
      expect(gathered(() => put(caches.usage[store], 'x', hook('shop', 'other')))).toEqual([
        OTHER,
        WEB,
      ]);
    },
  );

  test('of APIServices and definitions, those of the Service that is called', () => {
    const called = { namespace: 'shop', name: 'web', port: 443 };
    const { apiServices, definitions } = caches.usage;
    expect(gathered(() => put(apiServices, 'v1.x', { name: 'v1.x', service: undefined }))).toEqual(
      [],
    );
    expect(gathered(() => put(apiServices, 'v1.x', { name: 'v1.x', service: called }))).toEqual([
      WEB,
    ]);
    expect(
      gathered(() => put(definitions, 'x.y', { name: 'x.y', versions: ['v1'], service: called })),
    ).toEqual([WEB]);
  });

  test('of policies of other kinds, their namespace, or all', () => {
    const [tiered] = Object.values(caches.tiered);
    const [foreign] = Object.values(caches.plugins);
    if (!tiered || !foreign) throw new Error('there are no other kinds');
    const of = (where?: string) => ({
      metadata: { name: 'x', ...(where && { namespace: where }) },
    });
    const kept = (where?: string) => of(where) as unknown as TieredPolicy;
    expect(gathered(() => put(tiered, 'x', kept()))).toEqual([OTHER, WEB]);
    expect(
      gathered(() => put(tiered, 'x', kept())),
      'its status changed',
    ).toEqual([]);
    expect(gathered(() => put(foreign, 'shop/x', kept('shop') as never))).toEqual([WEB]);
  });

  test('and what is gathered is dropped at the end', () => {
    put(
      caches.usage.podMonitors,
      'other/x',
      monitor({}, { namespaceSelector: { any: true, matchNames: [] } }),
    );
    stop();
    vi.advanceTimersByTime(60_000);
    expect(queued).toEqual([]);
  });
});

describe('a policy', () => {
  const named = (name: string, podSelector = {}) => policy(name, { podSelector, ingress: [{}] });
  const show = (each: NetworkPolicy) =>
    atOnce(() => put(caches.policies, `shop/${each.metadata.name}`, each));

  test('concerns the workloads whose pods it selects, before and after', () => {
    expect(show(named('theirs', { matchLabels: { app: 'web' } }))).toEqual([WEB]);
    expect(show(named('theirs', { matchLabels: { app: 'api' } }))).toEqual([WEB]);
    expect(show(named('theirs', { matchLabels: { app: 'gone' } }))).toEqual([]);
    expect(atOnce(() => caches.policies.delete('shop/theirs', 'watch'))).toEqual([]);
  });

  test('concerns a workload by a label that only its live pods have', () => {
    put(caches.workloads.ReplicaSet, 'shop/web-rs', WEB_REPLICA_SET, 'uid-rs');
    put(caches.pods, 'shop/web-1', pod({ labels: { app: 'web', injected: 'yes' } }));
    expect(show(named('theirs', { matchLabels: { injected: 'yes' } }))).toEqual([WEB]);
  });

  test('concerns a workload by a label that its controller will add to pods', () => {
    const matchExpressions = [{ key: 'pod-template-hash', operator: 'Exists' }];
    expect(show(named('theirs', { matchLabels: { app: 'web' }, matchExpressions }))).toEqual([WEB]);
  });

  test('that has the name of a workload’s own concerns it, whoever made it', () => {
    expect(show(named('web-portlock', { matchLabels: { app: 'none' } }))).toEqual([WEB]);
  });

  const owned = (kind: string, apiVersion = 'apps/v1', label = 'portlock') => {
    const each = named('gone-portlock', { matchLabels: { app: 'none' } });
    const labels = { 'app.kubernetes.io/managed-by': label };
    const ownerReferences = [{ apiVersion, kind, name: 'gone', uid: 'uid-gone', controller: true }];
    return { ...each, metadata: { ...each.metadata, labels, ownerReferences } };
  };

  test('of ours concerns its owner, also one that is gone', () => {
    expect(show(owned('StatefulSet'))).toEqual(['StatefulSet/shop/gone']);
    expect([...allKeys(caches)].sort()).toEqual([OTHER, WEB, 'StatefulSet/shop/gone']);
  });

  test.each([
    ['of a kind that cannot opt in', owned('ReplicationController', 'v1')],
    ['of a workload of another version', owned('Deployment', 'apps/v2')],
    ['that somebody else manages', owned('Deployment', 'apps/v1', 'helm')],
  ])('%s concerns nobody', (_what, each) => {
    expect(show(each)).toEqual([]);
    expect([...allKeys(caches)].sort()).toEqual([OTHER, WEB]);
  });
});

describe('a report', () => {
  const report = (kind: string, apiVersion = 'apps/v1', mode?: 'Audit'): PortExposureReport => ({
    apiVersion: 'portlock.dev/v1alpha1',
    kind: 'PortExposureReport',
    metadata: { name: 'gone', namespace: 'shop' },
    spec: { targetRef: { apiVersion, kind, name: 'gone' } },
    ...(mode && { status: { mode } }),
  });
  const show = (each: PortExposureReport) =>
    atOnce(() => put(caches.reports, 'shop/gone', each, 'uid-report'));

  test('concerns its workload, also one that is gone', () => {
    expect(show(report('DaemonSet'))).toEqual(['DaemonSet/shop/gone']);
    expect(show(report('DaemonSet')), 'another version of the same').toEqual([]);
    expect(show(report('DaemonSet', 'apps/v1', 'Audit'))).toEqual(['DaemonSet/shop/gone']);
    expect([...allKeys(caches)].sort()).toEqual(['DaemonSet/shop/gone', OTHER, WEB]);
    expect(atOnce(() => caches.reports.delete('shop/gone', 'watch'))).toEqual([
      'DaemonSet/shop/gone',
    ]);
  });

  test('on what cannot opt in concerns nobody', () => {
    expect(show(report('CronJob'))).toEqual([]);
    expect(show(report('Deployment', 'extensions/v1beta1'))).toEqual([]);
  });
});
