import { readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { MANAGED_BY_LABEL } from '../../api/names.ts';
import { decide } from '../../domain/decide.ts';
import { once } from '../../domain/evaluate/once.ts';
import { goldenManifests } from '../../testing/golden-manifests.ts';
import { OPERATOR_SETTINGS } from '../../testing/operator-settings.ts';
import type { Wire } from '../../testing/preflight-manifests.ts';
import { snapshotOf } from '../../testing/snapshot-manifests.ts';
import { counts } from '../audit/checks.ts';
import { clusterOf } from '../manifests/cluster-of.ts';
import { readObjects } from '../manifests/read-objects.ts';
import { Snapshots } from '../manifests/snapshots.ts';
import { type Rendered, renderAll } from './rendering.ts';

/**
 * The small clusters of decisions, as manifests: what the operator decides on the day on which they are applied, is what is
 * rendered from them.
 */
const CASES = path.resolve(import.meta.dirname, '../../domain/testdata/decide');

/** What no manifest tells: what the operator remembers, and what it was told by flags. */
const REMEMBERED = ['PortExposureReport', 'OperatorFlags'];
/** Decided in another way on purpose. */
const OTHERWISE = [
  // Its other workload has no pods there, and would have some by its manifest.
  'overlapping-without-pods',
  // Among manifests, a policy of that name is what was rendered before.
  'foreign-policy-of-our-name',
  // Manifests have no time: to them an accepted cut has not ended.
  'accepted-cut-over',
  // Without apiVersion these are no objects: a command says so, and ends with 2.
  'half-written',
];

const cases = readdirSync(CASES)
  .sort()
  .filter((name) => !OTHERWISE.includes(name))
  .map((name) => ({ name, manifests: goldenManifests(path.join(CASES, name)) }))
  .filter(({ manifests }) => manifests.every(isManifest));

test('most of the cases are told by manifests', () => {
  expect(cases.length).toBeGreaterThan(80);
});

describe.each(cases)('$name', ({ manifests }) => {
  const asManifests = once(() => rendered(withOwners(manifests)));

  test('is rendered as it would be applied', () => {
    const { policy } = decide(snapshotOf(manifests));
    const expected = policy.do === 'apply' ? JSON.stringify(policy.policy.spec) : undefined;
    expect(specOf(asManifests().web)).toBe(expected);
  });

  test('is not held without a finding that says why', () => {
    const { web, findings } = asManifests();
    const counting = findings.filter(({ id }) => counts(id));
    if (web?.kind === 'held') expect(counting.map(({ about }) => about)).toContain(aboutOf(web));
  });
});

function isManifest({ kind, metadata }: Wire): boolean {
  const { labels } = (metadata ?? {}) as { labels?: Record<string, string> };
  return !REMEMBERED.includes(kind) && labels?.[MANAGED_BY_LABEL] === undefined;
}

/** In the goldens, pods are the workload's own unless they say otherwise; in manifests a reference says so. */
function withOwners(manifests: readonly Wire[]): Wire[] {
  const web = manifests.find(({ metadata, spec }) => metadata?.name === 'web' && spec?.template);
  if (web === undefined) return [...manifests];
  const isDeployment = web.kind === 'Deployment';
  const owner = isDeployment
    ? { kind: 'ReplicaSet', name: 'web-rs', uid: 'uid-rs' }
    : { kind: web.kind, name: 'web', uid: 'uid-web' };
  const template = web.spec?.template as { metadata: { labels: object } } | undefined;
  const replicaSet = {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name: 'web-rs',
      uid: 'uid-rs',
      labels: template?.metadata.labels,
      ownerReferences: [{ kind: 'Deployment', name: 'web', uid: 'uid-web', controller: true }],
    },
  };
  const owned = manifests.map((wire) => {
    if (wire === web) return { ...wire, metadata: { ...wire.metadata, uid: 'uid-web' } };
    const metadata: NonNullable<Wire['metadata']> & { ownerReferences?: object[] } =
      wire.metadata ?? {};
    const isOwn =
      wire.kind === 'Pod' &&
      metadata.ownerReferences === undefined &&
      metadata.annotations?.['test/stranger'] === undefined;
    if (!isOwn) return wire;
    return {
      ...wire,
      metadata: { ...metadata, ownerReferences: [{ ...owner, controller: true }] },
    };
  });
  return isDeployment ? [...owned, replicaSet as Wire] : owned;
}

function rendered(manifests: readonly Wire[]) {
  // JSON is YAML.
  const text = manifests.map((wire) => JSON.stringify(wire)).join('\n---\n');
  const { cluster } = clusterOf(readObjects('manifests.yaml', text).manifests, 'shop');
  const snapshots = new Snapshots(cluster, OPERATOR_SETTINGS);
  const { workloads, findings } = renderAll(cluster, snapshots, 'optedIn');
  const web = workloads.find(
    ({ found }) => found.value.name === 'web' && found.value.namespace === 'shop',
  );
  return { web, findings };
}

function specOf(web: Rendered | undefined): string | undefined {
  return web?.kind === 'policy' ? JSON.stringify(web.policy.spec) : undefined;
}

function aboutOf({ found: { value } }: Rendered): string {
  return `${value.kind} ${value.namespace}/${value.name}`;
}
