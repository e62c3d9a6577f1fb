import { describe, expect, test } from 'vitest';
import {
  calibration,
  NOW,
  pod,
  policy,
  port,
  probed,
  settled,
  snapshot,
  template as templateOf,
  workload,
} from '../testing/builders.ts';
import { condition, LOCKED, OPEN, reportOf } from '../testing/plans.ts';
import { decide } from './decide.ts';
import type { Calibration } from './probing/calibration.ts';

describe('verdicts', () => {
  test('a locked pod on a dropping network is verified by the first round; the sweep is to come', () => {
    const begun = decide(snapshot());
    expect(condition(begun, 'EnforcementVerified')).toMatchObject({
      status: 'Unknown',
      reason: 'Probing',
    });
    expect(condition(begun, 'Ready').status).toBe('Unknown');
    expect(condition(begun, 'Reconciling').status).toBe('True');
    const first = decide(probed(snapshot(), LOCKED));
    expect(condition(first, 'EnforcementVerified')).toMatchObject({
      status: 'True',
      reason: 'Enforced',
      message: expect.stringContaining('still to come'),
    });
    expect(condition(first, 'Ready').status).toBe('True');
    const done = settled(snapshot(), LOCKED);
    expect(condition(done, 'EnforcementVerified')).toMatchObject({
      status: 'True',
      reason: 'Swept',
    });
    expect(condition(done, 'DriftDetected').status).toBe('False');
    expect(condition(done, 'Ready').status).toBe('True');
    expect(condition(done, 'Reconciling').status).toBe('False');
    expect(done.report?.status?.summary).toMatchObject({ declared: 1, undeclaredReachable: 0 });
    expect(decide(done).report).toMatchObject({
      do: 'ensure',
      report: { status: done.report?.status },
    });
  });

  test('audit reports what is reachable, and enforces nothing', () => {
    const done = settled(snapshot({ workload: workload({ mode: 'audit' }) }), OPEN);
    expect(done.policies).toEqual([]);
    expect(done.report?.status?.summary?.undeclaredReachable).toBe(2);
    expect(done.report?.status?.ports?.map((row) => [row.port, row.finding])).toEqual([
      [5000, 'UndeclaredReachable'],
      [9090, 'UndeclaredReachable'],
      [8080, undefined],
    ]);
    expect(condition(done, 'EnforcementVerified')).toMatchObject({
      status: 'False',
      reason: 'AuditMode',
    });
    expect(condition(done, 'DriftDetected').status).toBe('True');
    expect(condition(done, 'Ready').status).toBe('True');
  });

  test('a network that enforces nothing is called so', () => {
    const calibrations = [calibration('NotEnforced')];
    const done = settled(snapshot({ calibrations }), OPEN);
    expect(condition(done, 'EnforcementVerified')).toMatchObject({
      status: 'False',
      reason: 'NotEnforced',
    });
    const silent = settled(snapshot({ calibrations }), { open: [8080], otherwise: 'refused' });
    expect(condition(silent, 'EnforcementVerified')).toMatchObject({
      status: 'False',
      reason: 'NotEnforced',
    });
  });

  test('another policy that opens more is named', () => {
    const allowAll = policy('allow-all', { ingress: [{}] });
    const done = settled(snapshot({ policies: [allowAll] }), OPEN);
    expect(condition(done, 'EnforcementVerified')).toMatchObject({
      status: 'False',
      reason: 'Widened',
    });
    expect(done.report?.status?.ports?.[0]?.message).toBe('Widened by allow-all');
    expect(done.report?.status?.policies).toEqual([
      {
        group: 'networking.k8s.io',
        kind: 'NetworkPolicy',
        name: 'allow-all',
        effect: 'Widens',
        message: 'Allows every port, which the workload does not declare',
      },
      {
        group: 'networking.k8s.io',
        kind: 'NetworkPolicy',
        name: 'web-portlock',
        effect: 'Managed',
        message: 'Kept by portlock',
      },
    ]);
  });

  test.each([
    ['Unknown', 'NotCalibrated'],
    ['Rejected', 'RefusalsProveNothing'],
  ] as const)('with calibration %s nothing is claimed', (state, reason) => {
    const done = settled(snapshot({ calibrations: [calibration(state)] }), LOCKED);
    expect(condition(done, 'EnforcementVerified')).toMatchObject({ status: 'Unknown', reason });
  });

  test('refusals on a dropping network mean that this pod is not locked', () => {
    const done = settled(snapshot(), { open: [8080], otherwise: 'refused' });
    expect(condition(done, 'EnforcementVerified')).toMatchObject({
      status: 'False',
      reason: 'NotEnforced',
    });
  });

  test('silence of everything proves nothing, and a filtered declared port is drift', () => {
    const done = settled(snapshot(), { open: [], otherwise: 'filtered' });
    expect(condition(done, 'EnforcementVerified')).toMatchObject({
      status: 'Unknown',
      reason: 'NoPositiveControl',
    });
    expect(condition(done, 'DriftDetected')).toMatchObject({
      status: 'True',
      reason: 'DeclaredUnreachable',
    });
  });

  test('a declared port that refuses is a note where refusals are answers', () => {
    const template = templateOf({ ports: [port(8080), port(8081)] });
    const done = settled(snapshot({ workload: workload({ template }) }), {
      open: [8080],
      refused: [8081],
      otherwise: 'filtered',
    });
    expect(done.report?.status?.ports?.[0]).toMatchObject({
      port: 8081,
      finding: 'DeclaredNotListening',
    });
    expect(condition(done, 'DriftDetected').status).toBe('False');
    expect(condition(done, 'EnforcementVerified').status).toBe('True');
  });

  test('ports that could not be tried prove nothing', () => {
    const short = { open: [8080], otherwise: 'error' } as const;
    const first = decide(probed(snapshot(), short));
    expect(condition(first, 'EnforcementVerified').reason).toBe('Probing');
    let current = snapshot();
    for (let round = 0; round < 6; round += 1) current = probed(current, short, 6);
    for (const type of ['EnforcementVerified', 'DriftDetected'] as const)
      expect(condition(decide(current), type)).toMatchObject({
        status: 'Unknown',
        reason: 'ProbeIncomplete',
        message: expect.stringMatching(/^Of \d+ undeclared ports nothing could be told/),
      });
    expect(condition(decide(current), 'Ready').status).toBe('True');
  });

  test('a declared port to which there is no way is not called as declared', () => {
    const done = settled(snapshot(), { open: [], otherwise: 'unreachable' });
    expect(done.report?.status?.ports?.[0]).toMatchObject({ port: 8080, observed: 'Unknown' });
    expect(condition(done, 'DriftDetected')).toMatchObject({
      status: 'Unknown',
      reason: 'ProbeIncomplete',
      message: expect.stringContaining('8080/TCP'),
    });
  });

  test('a pod on the network of its node beside others leaves enforcement unverified', () => {
    const onHost = pod({ name: 'web-2', uid: 'uid-pod-2', hostNetwork: true });
    const done = settled(snapshot({ pods: [pod(), onHost] }), LOCKED);
    expect(condition(done, 'EnforcementVerified')).toMatchObject({
      status: 'Unknown',
      reason: 'HostNetwork',
      message: expect.stringContaining('web-2'),
    });
  });

  test('bad news waits for three equal readings of pods and policies that are old enough', () => {
    let current = probed(snapshot(), OPEN);
    for (let round = 0; round < 11; round += 1) {
      expect(condition(decide(current), 'DriftDetected').status).toBe('Unknown');
      current = probed(current, OPEN, 5);
    }
    expect(current.now - NOW).toBeLessThan(60_000);
    for (let round = 0; round < 8; round += 1) current = probed(current, OPEN, 5);
    expect(condition(decide(current), 'DriftDetected').status).toBe('True');
  });

  test('good news counts at once', () => {
    const allowAll = policy('allow-all', { ingress: [{}] });
    const drifted = settled(snapshot({ policies: [allowAll] }), OPEN);
    const mended = { ...drifted, policies: drifted.policies.filter((each) => each !== allowAll) };
    const after = probed(mended, LOCKED);
    expect(reportOf(decide(after)).status?.summary?.undeclaredReachable).toBe(0);
  });

  test('where three ports answer on which nothing listens, nothing is claimed', () => {
    const done = settled(snapshot(), { open: [], otherwise: 'open' });
    for (const type of ['EnforcementVerified', 'DriftDetected'] as const)
      expect(condition(done, type)).toMatchObject({
        status: 'Unknown',
        reason: 'AcceptsEverything',
      });
    expect(condition(done, 'Ready').status).toBe('True');
    expect(done.report?.status?.ports).toEqual([
      expect.objectContaining({ port: 8080, observed: 'Unknown', finding: 'Unverifiable' }),
    ]);
    expect(done.report?.status?.summary?.undeclaredReachable).toBeUndefined();
    const mended = probed({ ...done, now: done.now + 3_600_000 }, LOCKED);
    expect(condition(decide(mended), 'EnforcementVerified').status).toBe('True');
  });

  test('the calibration of a pod’s own node counts, or else the most cautious one', () => {
    const to = (toNode: string, state: Calibration['state']): Calibration => ({
      ...calibration(state),
      between: { fromNode: 'node-1', toNode },
    });
    const calibrations = [to('node-2', 'Dropped'), to('node-3', 'NotEnforced')];
    const verdict = (node: string) =>
      condition(
        settled(snapshot({ calibrations, pods: [pod({ node })] }), LOCKED),
        'EnforcementVerified',
      );
    expect(verdict('node-2')).toMatchObject({ status: 'True', reason: 'Swept' });
    expect(verdict('node-3')).toMatchObject({ status: 'False', reason: 'NotEnforced' });
    expect(verdict('node-4')).toMatchObject({ status: 'False', reason: 'NotEnforced' });
  });
});

test('good news ends at once where another policy may open more', () => {
  const done = settled(snapshot(), LOCKED);
  const policies = [...done.policies, policy('allow-all', { ingress: [{}] })];
  const plan = decide({ ...done, policies });
  expect(condition(plan, 'EnforcementVerified')).toMatchObject({
    status: 'Unknown',
    message: expect.stringContaining('NetworkPolicy allow-all'),
  });
});
