import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { application, batchApplication } from './harness/application.ts';
import { deployment, Namespace } from './harness/deployment.ts';
import { kubectlOf } from './harness/environment.ts';
import { eventually } from './harness/eventually.ts';
import { installOptionalKinds, removeOptionalKinds } from './harness/optional-kinds.ts';
import { reason, status, undeclaredReachable } from './harness/sample.ts';

const environment = inject('environment');
const kubectl = kubectlOf(environment);

/** Everything that has a selector, a template and pods goes through the same core. */
describe.concurrent.each(['StatefulSet', 'DaemonSet', 'ReplicaSet'] as const)('a %s', (kind) => {
  const suffix = kind.toLowerCase();
  let namespace: Namespace;
  beforeAll(async () => {
    namespace = await Namespace.create(kubectl, `portlock-${suffix}`);
  });
  afterAll(() => namespace?.remove());

  const web = (mode: string) =>
    application('web', {
      kind,
      mode,
      listens: [8080, 9090],
      declares: [{ containerPort: 8080 }],
    });

  test('is audited, locked and let go as a Deployment is', async () => {
    await namespace.apply(web('audit'));
    // Of a ReplicaSet there is no rollout.
    if (kind !== 'ReplicaSet')
      await namespace.run('rollout', 'status', `${suffix}/web`, '--timeout=180s');
    const report = `web-${suffix}`;
    const audited = await namespace.report(
      report,
      (each) => status(each, 'DriftDetected') === 'True',
    );
    expect(undeclaredReachable(audited)).toEqual([9090]);
    expect(audited.spec.targetRef).toEqual({ apiVersion: 'apps/v1', kind, name: 'web' });
    await namespace.apply(web('enforce'));
    const { metadata, spec } = await namespace.policy(report);
    expect(metadata.ownerReferences).toMatchObject([{ kind, name: 'web', controller: true }]);
    expect(spec).toEqual({
      podSelector: { matchLabels: { app: 'web' } },
      policyTypes: ['Ingress'],
      ingress: [{ ports: [{ port: 8080, protocol: 'TCP' }] }],
    });
    const locked = await namespace.report(
      report,
      (each) => status(each, 'EnforcementVerified') === 'True',
    );
    expect(locked.status.summary.undeclaredReachable).toBe(0);
    await namespace.run('label', suffix, 'web', 'portlock.dev/mode-');
    await namespace.noPolicy(report);
    await eventually(
      'no report',
      () => namespace.find('portexposurereport', report),
      (found) => found === undefined,
    );
  });

  test('may share its name with a Deployment', async () => {
    await namespace.apply(
      application('both', {
        kind,
        mode: 'enforce',
        replicas: 0,
        listens: [],
        declares: [{ containerPort: 8081 }],
        podLabels: { of: suffix },
      }),
    );
    await namespace.apply(deployment('both', { mode: 'enforce' }));
    await namespace.policy(`both-${suffix}`);
    // One's selector matches the pods of the other: what only those declare is not closed unasked.
    const report = await namespace.report(
      'both',
      (each) => each.status.policy?.otherOwners?.length === 1,
    );
    expect(report.status.policy.otherOwners).toEqual([`${kind}/both`]);
  });
});

describe.concurrent.each(['Job', 'CronJob'] as const)('a %s', (kind) => {
  const suffix = kind.toLowerCase();
  const report = `web-${suffix}`;
  let namespace: Namespace;
  beforeAll(async () => {
    namespace = await Namespace.create(kubectl, `portlock-${suffix}`);
  });
  afterAll(() => namespace?.remove());

  test('is locked, and keeps its policy until the label goes', async () => {
    const listens = [8080, 9090];
    const declares = [{ containerPort: 8080 }];
    await namespace.apply(batchApplication(kind, 'web', { mode: 'enforce', listens, declares }));
    const { metadata, spec } = await namespace.policy(report);
    expect(metadata.ownerReferences).toMatchObject([{ kind, name: 'web', apiVersion: 'batch/v1' }]);
    expect(spec.ingress).toEqual([{ ports: [{ port: 8080, protocol: 'TCP' }] }]);
    expect(spec.podSelector.matchLabels).toEqual(
      kind === 'CronJob' ? { app: 'web' } : { 'batch.kubernetes.io/job-name': 'web' },
    );
    if (kind === 'CronJob') {
      await namespace.run('create', 'job', 'run-1', '--from=cronjob/web');
    }
    const locked = await namespace.report(
      report,
      (each) => status(each, 'EnforcementVerified') === 'True',
    );
    expect(locked.spec.targetRef).toEqual({ apiVersion: 'batch/v1', kind, name: 'web' });
    expect(locked.status.summary.undeclaredReachable).toBe(0);
    if (kind === 'CronJob') {
      await namespace.run('delete', 'job', 'run-1', '--timeout=120s');
      const idle = await namespace.report(
        report,
        (each) => reason(each, 'EnforcementVerified') === 'NoPods',
      );
      expect(idle.status.policy.state).toBe('Applied');
      expect((await namespace.policy(report)).metadata.uid).toBe(metadata.uid);
      // Its Job was no workload of its own.
      expect(await namespace.find('portexposurereport', 'run-1-job')).toBeUndefined();
    }
    await namespace.run('label', suffix, 'web', 'portlock.dev/mode-');
    await namespace.noPolicy(report);
  });
});

test.concurrent('a CronJob without a label on its pods waits for one, and is locked by it', async () => {
  const namespace = await Namespace.create(kubectl, 'portlock-unlabelled');
  const declares = [{ containerPort: 8080 }];
  const fields = { mode: 'enforce', listens: [8080], declares };
  const { spec, ...cronJob } = batchApplication('CronJob', 'nightly', fields) as {
    spec: { jobTemplate: { spec: { template: { spec: object } } } };
  };
  const labelled = (labels: Record<string, string>) => {
    const { template } = spec.jobTemplate.spec;
    const jobTemplate = { spec: { template: { ...template, metadata: { labels } } } };
    return { ...cronJob, spec: { ...spec, jobTemplate } };
  };
  await namespace.apply(labelled({}));
  await namespace.report(
    'nightly-cronjob',
    (each) => reason(each, 'PolicyInSync') === 'NoPodLabels',
  );
  expect(await namespace.find('networkpolicy', 'nightly-cronjob-portlock')).toBeUndefined();
  await namespace.apply(labelled({ 'cronjob-name': 'nightly' }));
  const policy = await namespace.policy('nightly-cronjob');
  expect(policy.spec.podSelector).toEqual({ matchLabels: { 'cronjob-name': 'nightly' } });
  await namespace.remove();
});

describe('a Rollout of Argo', () => {
  let namespace: Namespace;
  beforeAll(async () => {
    await installOptionalKinds(kubectl);
    namespace = await Namespace.create(kubectl, 'portlock-rollout-kind');
  });
  afterAll(async () => {
    await namespace?.remove();
    await removeOptionalKinds(kubectl);
  });

  test('that comes after its definition gets a policy, and none without the label', async () => {
    const declares = [{ containerPort: 8080 }];
    const web = application('web', { mode: 'enforce', listens: [8080], declares });
    await namespace.apply({ ...web, apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout' });
    const { metadata, spec } = await namespace.policy('web-rollout');
    expect(metadata.ownerReferences).toMatchObject([
      { apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout', name: 'web' },
    ]);
    expect(spec.podSelector).toEqual({ matchLabels: { app: 'web' } });
    await namespace.run('label', 'rollouts.argoproj.io', 'web', 'portlock.dev/mode-');
    await namespace.noPolicy('web-rollout');
  });
});

describe('the label on a namespace', () => {
  let namespace: Namespace;
  beforeAll(async () => {
    namespace = await Namespace.create(kubectl, 'portlock-default');
  });
  afterAll(() => namespace?.remove());

  const label = (mode: string) =>
    kubectl.run(['label', '--overwrite', 'namespace', namespace.name, `portlock.dev/mode${mode}`]);

  test('is the default of its workloads, and their own counts before it', async () => {
    await namespace.apply(deployment('without'));
    await namespace.apply(deployment('audited', { mode: 'audit' }));
    await namespace.apply(deployment('out', { mode: 'off' }));
    await label('=enforce');
    await namespace.policy('without');
    await namespace.report('audited', (each) => each.status?.mode === 'Audit');
    await namespace.apply(deployment('later'));
    await namespace.policy('later');
    for (const name of ['audited', 'out'])
      expect(await namespace.find('networkpolicy', `${name}-portlock`)).toBeUndefined();
    expect(await namespace.find('portexposurereport', 'out')).toBeUndefined();
  });

  test('a typo on it takes nothing away', async () => {
    const before = await namespace.get('networkpolicy', 'without-portlock');
    await label('=enforced');
    const report = await namespace.report('without', (each) => status(each, 'Stalled') === 'True');
    expect(reason(report, 'Stalled')).toBe('InvalidMode');
    const after = await namespace.get('networkpolicy', 'without-portlock');
    expect(after.metadata.resourceVersion).toBe(before.metadata.resourceVersion);
  });

  test('goes, and with it what came by it', async () => {
    await label('-');
    await namespace.noPolicy('without');
    await namespace.noPolicy('later');
    expect(await namespace.find('portexposurereport', 'audited')).toBeDefined();
  });
});
