import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { NetworkPolicy } from '../api/kubernetes.ts';
import { decide } from '../domain/decide.ts';
import type { ChangeSource } from '../kube/store.ts';
import { carriedOut, namespace, pod, policy, snapshot, workload } from '../testing/builders.ts';
import { fillStore } from '../testing/fill-store.ts';
import { monitor } from '../testing/preflight-builders.ts';
import { emptyCaches } from '../testing/reconcile-context.ts';
import type { Caches } from './caches.ts';
import { allKeys, enqueueChanges } from './enqueue.ts';
import { parseWorkloadKey, workloadKey } from './workload-key.ts';

const WEB = 'Deployment/shop/web';
let stop = () => {};

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
});
afterEach(() => {
  stop();
  vi.useRealTimers();
});

/** Caches with the workload web, and what is queued from now on. */
function following(): { caches: Caches; queued: string[] } {
  const caches = emptyCaches();
  fillStore(caches.namespaces, [namespace()]);
  fillStore(caches.workloads.Deployment, [
    workload(),
    workload({ namespace: 'other', uid: 'uid-other' }),
  ]);
  const queued: string[] = [];
  stop = enqueueChanges(caches, (key) => queued.push(key));
  return { caches, queued };
}

let version = 10;
function change(
  caches: Caches,
  each: NetworkPolicy,
  source: ChangeSource = 'watch',
): NetworkPolicy {
  version += 1;
  const { name, namespace: where = '' } = each.metadata;
  const changed = { ...each, metadata: { ...each.metadata, resourceVersion: `${version}` } };
  const identity = { key: `${where}/${name}`, uid: 'uid-policy', resourceVersion: `${version}` };
  caches.policies.set(identity, changed, source);
  return changed;
}

/** The policy of the workload web, as portlock makes it. */
function ownPolicy(): NetworkPolicy {
  const before = snapshot();
  const [made] = carriedOut(before, decide(before)).policies;
  if (!made) throw new Error('there is no policy');
  return made;
}

test('a reference with a slash in its name makes no second key of a workload', () => {
  const { caches, queued } = following();
  const own = ownPolicy();
  const [reference] = own.metadata.ownerReferences ?? [];
  if (!reference) throw new Error('there is no owner');
  const ownerReferences = [{ ...reference, name: 'web/again' }];
  change(caches, { ...own, metadata: { ...own.metadata, name: 'mine', ownerReferences } });
  const report = carriedOut(snapshot(), decide(snapshot())).report;
  if (!report) throw new Error('there is no report');
  const spec = { targetRef: { ...report.spec.targetRef, name: 'web/again' } };
  fillStore(caches.reports, [{ ...report, spec }]);
  for (const key of [...queued, ...allKeys(caches)])
    expect(workloadKey(parseWorkloadKey(key))).toBe(key);
});

describe('a policy', () => {
  test('that is written anew with the same content concerns nobody', () => {
    const { caches, queued } = following();
    const other = policy('theirs', { ingress: [{}] });
    change(caches, other);
    expect(queued).toEqual([WEB]);
    change(caches, other);
    expect(queued).toEqual([WEB]);
  });

  test('by a label that a program may put on the pods concerns their workload', () => {
    const { caches, queued } = following();
    const podSelector = { matchLabels: { app: 'web', role: 'primary' } };
    change(caches, policy('leader', { podSelector }));
    expect(queued).toEqual([WEB]);
  });

  test.each([
    { matchLabels: { 'security.istio.io/tlsMode': 'istio' } },
    { matchExpressions: [{ key: 'linkerd.io/proxy-deployment', operator: 'Exists' as const }] },
  ])('by labels of a mesh concerns all whose pods may be in one: %j', (podSelector) => {
    const { caches, queued } = following();
    change(caches, policy('meshed', { podSelector }));
    expect(queued).toEqual([WEB]);
  });

  test('of our own writing concerns all but its workload, when it comes back', () => {
    const { caches, queued } = following();
    fillStore(caches.workloads.Deployment, [workload({ name: 'under', uid: 'uid-under' })]);
    queued.length = 0;
    const written = { ...ownPolicy() };
    written.metadata = { ...written.metadata, resourceVersion: `${version + 1}` };
    caches.writtenPolicies.wrote(written);
    change(caches, written);
    expect(queued).toEqual(['Deployment/shop/under']);
    change(caches, { ...written, spec: { podSelector: {} } });
    expect(queued, 'what somebody else makes of it concerns it').toContain(WEB);
  });

  test('that was put back and opened again while no watch told of it concerns its workload', () => {
    const { caches, queued } = following();
    const opened = change(caches, { ...ownPolicy(), spec: { podSelector: {}, ingress: [{}] } });
    version += 1;
    const metadata = { ...opened.metadata, resourceVersion: `${version}` };
    caches.writtenPolicies.wrote({ ...ownPolicy(), metadata });
    queued.length = 0;
    change(caches, opened, 'list');
    expect(queued).toContain(WEB);
  });

  test('that an orphaning delete left without an owner is that of the workload of its name', () => {
    const { caches, queued } = following();
    const { metadata, ...orphan } = ownPolicy();
    const { ownerReferences: _, ...rest } = metadata;
    change(caches, { ...orphan, metadata: { ...rest, name: 'gone-portlock' } });
    expect(queued).toContain('Deployment/shop/gone');
    expect(allKeys(caches)).toContain('Deployment/shop/gone');
  });
});

test('a report of our own writing concerns nobody when it comes back; an edited one does', () => {
  const { caches, queued } = following();
  const before = snapshot();
  const { report } = carriedOut(before, decide(before));
  if (!report) throw new Error('there is no report');
  const put = (
    mode: 'Enforce' | 'Audit',
    resourceVersion: string,
    source: ChangeSource = 'watch',
  ) => {
    const { status } = report;
    const metadata = { ...report.metadata, resourceVersion };
    const edited = { ...report, metadata, status: { ...status, mode } };
    caches.reports.set({ key: 'shop/web', uid: 'uid-report', resourceVersion }, edited, source);
    return edited;
  };
  caches.writtenReports.wrote({
    ...report,
    metadata: { ...report.metadata, resourceVersion: '51' },
  });
  put('Enforce', '51');
  expect(queued).toEqual([]);
  put('Audit', '52');
  expect(queued).toContain(WEB);
  queued.length = 0;
  caches.writtenReports.wrote({
    ...report,
    metadata: { ...report.metadata, resourceVersion: '54' },
  });
  put('Enforce', '54', 'list');
  expect(queued, 'somebody may have edited it before').toContain(WEB);
});

describe('a monitor that looks into all namespaces', () => {
  const nosy = (targetPort: number) =>
    monitor(
      { targetPort },
      {
        namespace: 'evil',
        name: 'nosy',
        namespaceSelector: { any: true, matchNames: [] },
      },
    );
  const edit = (caches: Caches, targetPort: number) =>
    caches.usage.serviceMonitors.set(
      { key: 'evil/nosy', uid: 'uid-nosy', resourceVersion: `${targetPort}` },
      nosy(targetPort),
      'watch',
    );

  test('however often it is edited, has everybody looked at twice in fifteen seconds', () => {
    const { caches, queued } = following();
    for (let time = 0; time < 267; time += 1) {
      edit(caches, 30_000 + time);
      vi.advanceTimersByTime(15_000 / 267);
    }
    expect(queued).toEqual([WEB, 'Deployment/other/web', WEB, 'Deployment/other/web']);
  });

  test('that names namespaces concerns those alone', () => {
    const { caches, queued } = following();
    fillStore(caches.usage.podMonitors, [
      monitor({}, { namespace: 'evil', namespaceSelector: { any: false, matchNames: ['shop'] } }),
    ]);
    vi.advanceTimersByTime(1000);
    expect(queued).toEqual([WEB]);
  });
});

test('a pod of another namespace that refers to a workload’s uid has nobody looked at', () => {
  const { caches, queued } = following();
  fillStore(caches.pods, [pod({ namespace: 'evil', ownerUid: 'uid-web' })]);
  expect(queued).toEqual([]);
  fillStore(caches.pods, [pod()]);
  expect(queued).toEqual([WEB]);
});
