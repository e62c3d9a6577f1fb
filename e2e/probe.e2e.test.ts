import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { kubectlOf } from './harness/environment.ts';
import { eventually } from './harness/eventually.ts';
import { OPERATOR_NAMESPACE } from './harness/installation.ts';
import type { WireObject } from './harness/kubectl.ts';
import { reason, Sample, status, undeclaredReachable } from './harness/sample.ts';

const kubectl = kubectlOf(inject('environment'));

/** What the report says of real pods. */
describe('the report', () => {
  let sample: Sample;
  beforeAll(async () => {
    sample = await Sample.create(kubectl, 'portlock-probe');
  });
  afterAll(() => sample?.remove());

  test('audit finds 9090 and 5000, shows the policy, and writes none', async () => {
    await sample.label('audit');
    const report = await sample.report(
      'both ports and a sweep',
      (each) => status(each, 'Ready') === 'True' && each.status.probe?.sweeps !== undefined,
    );
    expect(undeclaredReachable(report)).toEqual([5000, 9090]);
    expect(report.status.mode).toBe('Audit');
    expect(status(report, 'DriftDetected')).toBe('True');
    expect(reason(report, 'EnforcementVerified')).toBe('AuditMode');
    expect(report.status.ports[0]).toMatchObject({
      expected: 'Allowed',
      observed: 'Open',
      pods: 2,
    });
    expect(report.status.policy).toMatchObject({
      name: 'multi-port-app-portlock',
      state: 'Proposed',
    });
    expect((await sample.get('networkpolicies')).items).toEqual([]);
    const dryRun = ['apply', '--dry-run=server', '--filename', '-'];
    const text = await kubectl.run(
      ['--namespace', sample.namespace, ...dryRun],
      report.status.policy.manifest,
    );
    expect(text).toContain('created (server dry run)');
    const sweeps: { open: number; refused: number; filtered: number; failed: number }[] =
      report.status.probe.sweeps;
    expect(sweeps).toHaveLength(1);
    expect(sweeps[0]).toMatchObject({ open: 3, refused: 65_532, filtered: 0, failed: 0 });
  });

  test('the report names the pod and node that probed', async () => {
    const report = await sample.report(
      'a probe',
      (each) => each.status.probe?.fromPod !== undefined,
    );
    const { probe } = report.status;
    const [namespace, name] = probe.fromPod.split('/');
    expect(namespace).toBe(OPERATOR_NAMESPACE);
    const pod = await kubectl.get('pod', name, '--namespace', OPERATOR_NAMESPACE);
    expect(probe.fromNode).toBe(pod.spec.nodeName);
    expect(probe.pods).toBe(2);
    const { items } = await sample.get('pods', '--selector', 'app=multi-port-app');
    const onItsNode = items.filter((each: WireObject) => each.spec.nodeName === probe.fromNode);
    expect(probe.sameNodePods).toBe(onItsNode.length);
    expect(probe.calibration).toMatchObject({ state: 'Dropped', fromNode: probe.fromNode });
    expect(probe.calibration.toNode).not.toBe(probe.fromNode);
  });

  test('no ready pod: nothing is said of enforcement', async () => {
    await sample.label('enforce');
    await sample.report(
      'the lock verified',
      (each) => status(each, 'EnforcementVerified') === 'True',
    );
    await sample.run('scale', 'deployment', 'multi-port-app', '--replicas=0');
    const report = await sample.report(
      'no pods',
      (each) => reason(each, 'EnforcementVerified') === 'NoPods',
    );
    expect(status(report, 'EnforcementVerified')).toBe('Unknown');
    await sample.run('scale', 'deployment', 'multi-port-app', '--replicas=2');
    await sample.report(
      'the lock verified again',
      (each) => status(each, 'EnforcementVerified') === 'True',
    );
  });

  test('probe off: no connection, and every port unverifiable', async () => {
    await sample.run('annotate', 'deployment', 'multi-port-app', 'portlock.dev/probe=off');
    const report = await sample.report(
      'probe off',
      (each) => reason(each, 'EnforcementVerified') === 'ProbeOff',
    );
    expect(status(report, 'EnforcementVerified')).toBe('Unknown');
    expect(report.status.ports).toEqual([
      expect.objectContaining({ port: 8080, finding: 'Unverifiable' }),
    ]);
    expect(status(report, 'Ready')).toBe('True');
  });

  test('the operator locks itself, and its canary is closed', async () => {
    const read = () =>
      kubectl.get(
        'portexposurereport',
        'portlock-controller-manager',
        '--namespace',
        'portlock-system',
      );
    const report = await eventually(
      'the report on the operator',
      read,
      (each) => status(each, 'EnforcementVerified') === 'True',
    );
    expect(report.status.ports.map((row: { port: number }) => row.port)).toEqual([8443, 8081]);
    expect(report.status.probe.message).toBe('1 pod is the prober itself');
  });
});
