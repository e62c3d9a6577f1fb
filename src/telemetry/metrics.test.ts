import { expect, test } from 'vitest';
import { samplesOf } from '../testing/metric-samples.ts';
import { createMetrics } from './metrics.ts';

const OURS = /^(controller_runtime|workqueue|rest_client|leader|portlock)_/;

test('every metric is there from the first scrape on, under the name and with the labels of the contract', async () => {
  const text = await createMetrics().registry.metrics();
  const samples = text
    .split('\n')
    .filter((line) => OURS.test(line) && !/_(bucket|sum)(\{| )/.test(line));
  expect(samples).toEqual([
    'controller_runtime_reconcile_total{controller="workload",result="success"} 0',
    'controller_runtime_reconcile_total{controller="workload",result="error"} 0',
    'controller_runtime_reconcile_total{controller="workload",result="requeue"} 0',
    'controller_runtime_reconcile_total{controller="workload",result="requeue_after"} 0',
    'controller_runtime_reconcile_errors_total{controller="workload"} 0',
    'controller_runtime_reconcile_time_seconds_count{controller="workload"} 0',
    'controller_runtime_max_concurrent_reconciles{controller="workload"} 0',
    'controller_runtime_active_workers{controller="workload"} 0',
    'workqueue_unfinished_work_seconds{name="workload",controller="workload"} 0',
    'workqueue_longest_running_processor_seconds{name="workload",controller="workload"} 0',
    'workqueue_depth{name="workload",controller="workload"} 0',
    'workqueue_adds_total{name="workload",controller="workload"} 0',
    'workqueue_queue_duration_seconds_count{name="workload",controller="workload"} 0',
    'workqueue_work_duration_seconds_count{name="workload",controller="workload"} 0',
    'workqueue_retries_total{name="workload",controller="workload"} 0',
    'leader_election_master_status{name="portlock-leader"} 0',
    'portlock_policy_writes_total{operation="apply"} 0',
    'portlock_policy_writes_total{operation="delete"} 0',
    'portlock_policy_reverts_total 0',
    'portlock_policy_contests_total 0',
    'portlock_auto_brakes_total 0',
    'portlock_probe_round_age_seconds 0',
    'portlock_sweep_backlog 0',
    'portlock_calibrations{state="Dropped"} 0',
    'portlock_calibrations{state="Rejected"} 0',
    'portlock_calibrations{state="NotEnforced"} 0',
    'portlock_calibrations{state="Unknown"} 0',
    'portlock_probe_connections_total{outcome="open"} 0',
    'portlock_probe_connections_total{outcome="refused"} 0',
    'portlock_probe_connections_total{outcome="filtered"} 0',
    'portlock_probe_connections_total{outcome="unreachable"} 0',
    'portlock_probe_connections_total{outcome="error"} 0',
    'portlock_enforcement_delay_seconds_count 0',
    'portlock_workloads{mode="Audit"} 0',
    'portlock_workloads{mode="Enforce"} 0',
    'portlock_workloads{mode="Invalid"} 0',
    'portlock_enforced_workloads{verified="True"} 0',
    'portlock_enforced_workloads{verified="False"} 0',
    'portlock_enforced_workloads{verified="Unknown"} 0',
    'portlock_drifting_workloads{finding="UndeclaredReachable"} 0',
    'portlock_drifting_workloads{finding="DeclaredUnreachable"} 0',
  ]);
  expect(text).toContain('process_cpu_seconds_total');
});

test('what is counted by label is told by label', async () => {
  const metrics = createMetrics();
  metrics.requests.inc({ code: '200', method: 'GET', host: '10.96.0.1:443' });
  metrics.malformedObjects.inc({ resource: 'pods' });
  const text = await metrics.registry.metrics();
  expect(text).toContain(
    'rest_client_requests_total{code="200",method="GET",host="10.96.0.1:443"} 1\n',
  );
  expect(text).toContain('portlock_malformed_objects_total{resource="pods"} 1\n');
});

test('how a reconcile ended is counted as controller-runtime does, and errors apart', async () => {
  const metrics = createMetrics();
  for (const result of ['error', 'requeue', 'requeue_after', 'error'] as const)
    metrics.reconciled(result);
  expect(await samplesOf(metrics, 'controller_runtime_reconcile_total')).toEqual({
    'controller="workload",result="success"': 0,
    'controller="workload",result="error"': 2,
    'controller="workload",result="requeue"': 1,
    'controller="workload",result="requeue_after"': 1,
  });
  expect(
    Object.values(await samplesOf(metrics, 'controller_runtime_reconcile_errors_total')),
  ).toEqual([2]);
});

test('what is asked for at a scrape adds up, and is no more where nobody has it', async () => {
  const metrics = createMetrics();
  const backlogs = [() => 2, () => 3];
  for (const each of backlogs) metrics.sweepBacklogs.add(each);
  metrics.calibrations.add(() => [{ state: 'Dropped' }, { state: 'NotEnforced' }]);
  metrics.calibrations.add(() => [{ state: 'Dropped' }]);
  metrics.followed.add(() => [
    { resource: 'pods', isBlind: false },
    { resource: 'services', isBlind: true },
    { resource: 'services', isBlind: true },
  ]);
  expect(await samplesOf(metrics, 'portlock_sweep_backlog')).toEqual({ '': 5 });
  expect(await samplesOf(metrics, 'portlock_calibrations')).toMatchObject({
    'state="Dropped"': 2,
    'state="NotEnforced"': 1,
  });
  expect(await samplesOf(metrics, 'portlock_blind_reflectors')).toEqual({
    'resource="pods"': 0,
    'resource="services"': 2,
  });
  for (const each of backlogs) metrics.sweepBacklogs.delete(each);
  expect(await samplesOf(metrics, 'portlock_sweep_backlog')).toEqual({ '': 0 });
});

test('a reconcile is timed from five milliseconds to a minute', async () => {
  const metrics = createMetrics();
  metrics.reconcileSeconds.observe(0.3);
  const name = 'controller_runtime_reconcile_time_seconds_bucket';
  const buckets = Object.entries(await samplesOf(metrics, name)).map(
    ([labels, count]) => `${/le="([^"]*)"/.exec(labels)?.[1]}: ${count}`,
  );
  expect(buckets).toEqual([
    '0.005: 0',
    '0.01: 0',
    '0.025: 0',
    '0.05: 0',
    '0.1: 0',
    '0.25: 0',
    '0.5: 1',
    '1: 1',
    '2.5: 1',
    '5: 1',
    '10: 1',
    '30: 1',
    '60: 1',
    '+Inf: 1',
  ]);
});

test('every metric has a line that says what it counts', async () => {
  const help = [...(await createMetrics().registry.metrics()).matchAll(/^# HELP (\S+) ?(.*)$/gm)];
  expect(help.length).toBeGreaterThan(12);
  for (const [, name, text] of help) expect(`${name}: ${text}`).toMatch(/: \S/);
});
