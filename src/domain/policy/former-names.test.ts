import { describe, expect, test } from 'vitest';
import type { NetworkPolicy } from '../../api/kubernetes.ts';
import type { PortExposureReport } from '../../api/port-exposure-report.ts';
import { carriedOut, pod, port, snapshot, template, workload } from '../../testing/builders.ts';
import { ownPolicy } from '../../testing/own-policy.ts';
import { decide } from '../decide.ts';
import { selectorMatches } from '../match/label-selector.ts';
import type { Snapshot } from '../snapshot.ts';
import { policyName, reportName } from '../workload/object-names.ts';
import type { WorkloadKind } from '../workload/workload.ts';
import { formerOwner } from './former-names.ts';

/** A workload of shop and what its own pods say of themselves. */
function owned(kind: WorkloadKind, name: string, app: string, number: number) {
  const labels = { app };
  const fields = { kind, name, uid: `uid-${kind}`, selector: { matchLabels: labels } };
  const ports = [port(number)];
  return {
    key: { apiVersion: 'apps/v1', kind, namespace: 'shop', name },
    workload: workload({ ...fields, template: template({ labels, ports }) }),
    pods: [pod({ uid: `pod-${kind}`, name: `${name}-0`, labels, ports })],
  };
}

const front = owned('Deployment', 'web-statefulset', 'front', 8080);
const database = owned('StatefulSet', 'web', 'db', 5432);

/** The Deployment's policy under the name that an earlier version of portlock gave it. */
const FORMER = ownPolicy(front.workload, [8080], 'web-statefulset-portlock');

function of(which: typeof front, policies: readonly NetworkPolicy[], more: Partial<Snapshot> = {}) {
  return snapshot({ ...which, policies, ...more });
}

describe.each([
  ['the Deployment', [front, database]],
  ['the StatefulSet', [database, front]],
])('after an upgrade that begins with %s', (_who, order) => {
  test('each comes to a policy and a report of its own, and nobody is without one meanwhile', () => {
    let policies: readonly NetworkPolicy[] = [FORMER];
    const reports = new Map<string, PortExposureReport>();
    for (const which of [...order, ...order]) {
      const report = reports.get(reportName(which.key));
      const after = carriedOut(
        of(which, policies, { report }),
        decide(of(which, policies, { report })),
      );
      policies = after.policies;
      if (after.report) reports.set(after.report.metadata.name, after.report);
      expect(policies.some(({ spec }) => selectorMatches(spec.podSelector, { app: 'front' }))).toBe(
        true,
      );
    }
    const allowed = policies.map(({ metadata, spec }) => [
      metadata.name,
      spec.ingress?.[0]?.ports?.map((each) => each.port),
    ]);
    expect(Object.fromEntries(allowed)).toEqual({
      [policyName(front.key)]: [8080],
      'web-statefulset-portlock': [5432],
    });
    expect([...reports.keys()].sort()).toEqual([reportName(front.key), 'web-statefulset'].sort());
  });
});

describe('a policy under a former name', () => {
  const removed = (before: Snapshot) => decide(before).former.policies;

  test('goes with the workload, with the label, and in audit mode', () => {
    expect(removed({ ...of(front, [FORMER]), workload: undefined })).toEqual([FORMER]);
    for (const mode of ['off', 'audit'])
      expect(removed(of(front, [FORMER], { workload: { ...front.workload, mode } }))).toEqual([
        FORMER,
      ]);
  });

  test('stays while nobody knows which policy there should be', () => {
    const typo = { ...front.workload, mode: 'enforced' };
    expect(removed(of(front, [FORMER], { workload: typo }))).toEqual([]);
    const both = carriedOut(of(front, []), decide(of(front, []))).policies;
    expect(removed(of(front, [FORMER, ...both], { workload: typo }))).toEqual([FORMER]);
  });

  test('is the leader’s to remove', () => {
    const role = { policy: false, probe: true, secondProbe: false, hasSecond: false };
    expect(removed(of(front, [FORMER], { role }))).toEqual([]);
  });

  test('counts as in force: what is found later does not withdraw it, and nothing is widened', () => {
    const used = template({ labels: { app: 'front' }, ports: [port(8080)] });
    const handlers = [
      { container: 'app', handler: 'livenessProbe' as const, port: 9000, host: '' },
    ];
    const before = of(front, [FORMER], {
      workload: { ...front.workload, template: { ...used, use: { ...used.use, handlers } } },
      widening: 'never',
    });
    const { policy: step, found } = decide(before);
    expect(found.findings).toHaveLength(1);
    expect(step.do).toBe('apply');
  });

  test('of a stranger, or of another workload, is not touched', () => {
    const { labels: _, ...unmarked } = FORMER.metadata;
    const copy = { ...FORMER, metadata: { ...unmarked, name: 'copy' } };
    const before = of(front, [copy, { ...FORMER, metadata: { ...unmarked } }]);
    expect(removed(before)).toEqual([]);
    expect(removed(of(database, [FORMER]))).toEqual([]);
  });
});

describe('the owner of a policy under a former name', () => {
  const [reference] = FORMER.metadata.ownerReferences ?? [];

  function withMetadata(fields: Partial<NetworkPolicy['metadata']>): NetworkPolicy {
    return { ...FORMER, metadata: { ...FORMER.metadata, ...fields } };
  }

  function ownedBy(fields: Partial<NonNullable<typeof reference>>): NetworkPolicy {
    return withMetadata({ ownerReferences: reference ? [{ ...reference, ...fields }] : [] });
  }

  test.each<[string, NetworkPolicy, boolean]>([
    ['is its workload', FORMER, true],
    ['is a StatefulSet', ownedBy({ kind: 'StatefulSet', name: 'other' }), true],
    ['is nobody without the marker', withMetadata({ labels: {} }), false],
    ['is nobody without labels', withMetadata({ labels: undefined as never }), false],
    ['is nobody without a reference', withMetadata({ ownerReferences: [] }), false],
    ['is no owner that does not control it', ownedBy({ controller: false }), false],
    ['is no kind that portlock does not know', ownedBy({ kind: 'CronJob' }), false],
    ['is no kind of another group', ownedBy({ apiVersion: 'apps.example.org/v1' }), false],
    ['is nobody of one that has its name', withMetadata({ name: policyName(front.key) }), false],
  ])('%s', (_what, policy, isKnown) => {
    expect(formerOwner(policy)).toEqual(isKnown ? policy.metadata.ownerReferences?.[0] : undefined);
  });
});
