import { expect, test } from 'vitest';
import { createMetrics } from './metrics.ts';

test('every metric is there from the first scrape on, under the name and with the labels of the contract', async () => {
  const text = await createMetrics().registry.metrics();
  const samples = text
    .split('\n')
    .filter((line) => /^(controller_runtime|workqueue|rest_client|leader|portlock)_/.test(line))
    .filter((line) => !/_(bucket|sum)\{?/.test(line));
  expect(samples).toEqual([
    'controller_runtime_reconcile_total{result="success"} 0',
    'controller_runtime_reconcile_total{result="error"} 0',
    'controller_runtime_reconcile_time_seconds_count 0',
    'workqueue_depth 0',
    'leader_election_master_status 0',
    'portlock_policy_writes_total{operation="apply"} 0',
    'portlock_policy_writes_total{operation="delete"} 0',
    'portlock_policy_reverts_total 0',
    'portlock_policy_contests_total 0',
    'portlock_auto_brakes_total 0',
    'portlock_probe_round_age_seconds 0',
    'portlock_probe_connections_total{outcome="open"} 0',
    'portlock_probe_connections_total{outcome="refused"} 0',
    'portlock_probe_connections_total{outcome="filtered"} 0',
    'portlock_probe_connections_total{outcome="unreachable"} 0',
    'portlock_probe_connections_total{outcome="error"} 0',
  ]);
  expect(text).toContain('process_cpu_seconds_total');
});

test('what is counted by label is told by label', async () => {
  const metrics = createMetrics();
  metrics.requests.inc({ method: 'GET', code: '200' });
  metrics.malformedObjects.inc({ resource: 'pods' });
  metrics.undeclaredReachable.set({ namespace: 'shop', kind: 'Deployment', name: 'web' }, 2);
  const text = await metrics.registry.metrics();
  expect(text).toContain('rest_client_requests_total{method="GET",code="200"} 1\n');
  expect(text).toContain('portlock_malformed_objects_total{resource="pods"} 1\n');
  expect(text).toContain(
    'portlock_undeclared_reachable_ports{namespace="shop",kind="Deployment",name="web"} 2\n',
  );
});

test('a reconcile is timed from five milliseconds to a minute', async () => {
  const { registry, reconcileSeconds } = createMetrics();
  reconcileSeconds.observe(0.3);
  const buckets = [
    ...(await registry.metrics()).matchAll(/time_seconds_bucket\{le="(.*)"\} (\d)/g),
  ];
  expect(buckets.map(([, le, count]) => `${le}: ${count}`)).toEqual([
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
