import { describe, expect, test } from 'vitest';
import { isIntermediate, NO_PODS, WORKLOAD_KINDS } from '../domain/workload/workload.ts';
import { MalformedObjectError } from './shape.ts';
import { projectOwner, projectWorkload } from './workload-projection.ts';

/** What each kind says of its pods, and which objects are but links to another workload. */

const labels = { app: 'web' };
const template = {
  metadata: { labels },
  spec: { containers: [{ name: 'app', ports: [{ containerPort: 80 }] }] },
};
const selector = { matchLabels: labels };
const metadata = { name: 'web', namespace: 'shop', uid: 'u' };
const inTemplate = [{ port: 80, protocol: 'TCP', container: 'app' }];

/** A workload of that kind as its owner applies it. */
function wireOf(kind: string): { metadata: typeof metadata; spec: object } {
  if (kind === 'CronJob') return { metadata, spec: { jobTemplate: { spec: { template } } } };
  // Whose selector the owner manages, as that of the other kinds.
  const managed = kind === 'Job' ? { manualSelector: true } : {};
  return { metadata, spec: { selector, template, ...managed } };
}
function controlledBy(kind: string, apiVersion: string) {
  const reference = { apiVersion, kind, name: 'owner', uid: 'uid-owner' };
  return { ownerReferences: [{ ...reference, controller: true }] };
}

test.each(WORKLOAD_KINDS)('a %s has a selector and a template', (kind) => {
  expect(projectWorkload(kind)(wireOf(kind))).toMatchObject({
    kind,
    selector,
    template: { labels, ports: inTemplate },
  });
});

test.each([
  ['Deployment', 'apps/v1'],
  ['ReplicaSet', 'apps/v1'],
  ['Job', 'batch/v1'],
  ['CronJob', 'batch/v1'],
  ['Rollout', 'argoproj.io/v1alpha1'],
] as const)('a %s is of %s, by which its policy refers to it', (kind, apiVersion) => {
  expect(projectWorkload(kind)(wireOf(kind)).apiVersion).toBe(apiVersion);
});

describe('a Job', () => {
  test('that was not applied yet is known by the name that its pods will have', () => {
    const job = projectWorkload('Job')({ metadata, spec: { template } });
    const named = { 'batch.kubernetes.io/job-name': 'web' };
    expect(job.selector).toEqual({ matchLabels: named });
    expect(job.template.labels).toEqual({ ...labels, ...named });
  });

  test('that the system gave a selector by its uid, too: not every network sees that label', () => {
    const selector = { matchLabels: { 'batch.kubernetes.io/controller-uid': 'u' } };
    const job = projectWorkload('Job')({ metadata, spec: { selector, template } });
    expect(job.selector).toEqual({ matchLabels: { 'batch.kubernetes.io/job-name': 'web' } });
  });

  test('whose owner manages the selector keeps it', () => {
    const spec = { selector, template, manualSelector: true };
    expect(projectWorkload('Job')({ metadata, spec }).selector).toEqual(selector);
  });

  test('without any label in its template, too', () => {
    const job = projectWorkload('Job')({ metadata, spec: { template: null } });
    expect(job.template.labels).toEqual({ 'batch.kubernetes.io/job-name': 'web' });
  });
});

describe('a CronJob', () => {
  test.each([
    ['no labels', { metadata: {} }],
    ['empty labels', { metadata: { labels: {} } }],
    ['nothing at all', null],
  ])('with %s in its pod template has no selector at all, never an empty one', (_, template) => {
    const spec = { jobTemplate: { spec: { template } } };
    expect(projectWorkload('CronJob')({ metadata, spec }).selector).toEqual(NO_PODS);
  });

  test.each([
    {},
    { jobTemplate: null },
    { jobTemplate: {} },
    { jobTemplate: { spec: {} } },
    { jobTemplate: { spec: { template: {} } } },
  ])('with a spec of %j has no template, and no ports', (spec) => {
    const { selector, template } = projectWorkload('CronJob')({ metadata, spec });
    expect(selector).toEqual(NO_PODS);
    expect(template.ports).toEqual([]);
  });

  test('with a label that is a number is refused', () => {
    const template = { metadata: { labels: { app: 7 } } };
    const spec = { jobTemplate: { spec: { template } } };
    expect(() => projectWorkload('CronJob')({ metadata, spec })).toThrow(
      new MalformedObjectError('spec.jobTemplate.spec.template.metadata.labels.app'),
    );
  });
});

describe('a Rollout', () => {
  const workloadRef = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'lender' };
  const templateOf = { kind: 'Deployment', name: 'lender', isFound: false };

  test('that refers to a workload has its template to be looked up', () => {
    const rollout = projectWorkload('Rollout')({ metadata, spec: { workloadRef } });
    expect(rollout).toMatchObject({ selector: NO_PODS, templateOf, template: { ports: [] } });
  });

  test('may have a selector of its own beside that', () => {
    const rollout = projectWorkload('Rollout')({ metadata, spec: { workloadRef, selector } });
    expect(rollout).toMatchObject({ selector, templateOf });
  });

  test('with neither is refused, for its policy would be about every pod', () => {
    expect(() => projectWorkload('Rollout')({ metadata, spec: { template } })).toThrow(
      new MalformedObjectError('spec.selector'),
    );
  });
});

describe('what another workload controls', () => {
  test.each([
    ['ReplicaSet', 'Deployment', 'apps/v1', true],
    ['ReplicaSet', 'Rollout', 'argoproj.io/v1alpha1', true],
    ['ReplicaSet', 'Anything', 'example.test/v1', true],
    ['Job', 'CronJob', 'batch/v1', true],
    ['Job', 'CronJob', 'example.test/v1', false],
    ['Job', 'Job', 'batch/v1', false],
    ['Job', 'JobSet', 'jobset.x-k8s.io/v1alpha2', false],
    ['Deployment', 'Revision', 'serving.knative.dev/v1', false],
    ['StatefulSet', 'Prometheus', 'monitoring.coreos.com/v1', false],
  ] as const)('a %s of a %s of %s is but a link: %s', (kind, owner, apiVersion, expected) => {
    const wire = wireOf(kind);
    const owned = { ...wire, metadata: { ...metadata, ...controlledBy(owner, apiVersion) } };
    expect(isIntermediate(projectOwner(kind)(wire))).toBe(false);
    expect(isIntermediate(projectOwner(kind)(owned))).toBe(expected);
  });

  test('keeps little more than its owner', () => {
    const wire = { metadata: { ...metadata, labels, ...controlledBy('Deployment', 'apps/v1') } };
    expect(projectOwner('ReplicaSet')(wire)).toEqual({
      kind: 'ReplicaSet',
      namespace: 'shop',
      name: 'web',
      uid: 'u',
      labels,
      ownerUid: 'uid-owner',
      ownerKind: 'Deployment',
      ownerName: 'owner',
    });
    const nameless = { metadata: { name: 'web', ...controlledBy('Deployment', 'apps/v1') } };
    const unknown = { namespace: '', uid: '', labels: {} };
    expect(projectOwner('ReplicaSet')(nameless)).toMatchObject(unknown);
  });

  test('is refused where its metadata is not as the API says', () => {
    const wrong = { ...metadata, labels: { app: 7 }, ...controlledBy('Deployment', 'apps/v1') };
    expect(() => projectOwner('ReplicaSet')({ metadata: wrong })).toThrow(
      new MalformedObjectError('metadata.labels.app'),
    );
  });

  test('a Job that a tool made of a CronJob is a link, though it names no controller', () => {
    const reference = {
      apiVersion: 'batch/v1',
      kind: 'CronJob',
      name: 'nightly',
      uid: 'uid-nightly',
    };
    const wire = wireOf('Job');
    const link = (ownerReferences: object[]) =>
      isIntermediate(projectOwner('Job')({ ...wire, metadata: { ...metadata, ownerReferences } }));
    expect(link([reference])).toBe(true);
    const controller = {
      ...reference,
      kind: 'JobSet',
      apiVersion: 'jobset.x-k8s.io/v1alpha2',
      controller: true,
    };
    expect(link([reference, controller])).toBe(false);
  });

  test('by a reference that is no controller’s is a workload of its own', () => {
    const {
      ownerReferences: [reference],
    } = controlledBy('Deployment', 'apps/v1');
    const ownerReferences = [{ ...reference, controller: false }];
    const wire = { ...wireOf('ReplicaSet'), metadata: { ...metadata, ownerReferences } };
    expect(isIntermediate(projectOwner('ReplicaSet')(wire))).toBe(false);
  });
});
