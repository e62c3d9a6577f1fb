import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { application } from './harness/application.ts';
import { deployment, Namespace } from './harness/deployment.ts';
import { kubectlOf } from './harness/environment.ts';
import { eventually } from './harness/eventually.ts';
import { reason, status, undeclaredReachable } from './harness/sample.ts';

const environment = inject('environment');
const kubectl = kubectlOf(environment);

/** Everything that has a selector, a template and pods goes through the same core. */
describe.each(['StatefulSet', 'DaemonSet'] as const)('a %s', (kind) => {
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
