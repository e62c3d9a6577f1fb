import { expect, test } from 'vitest';
import { decide } from '../domain/decide.ts';
import type { Snapshot } from '../domain/snapshot.ts';
import { createMetrics } from '../telemetry/metrics.ts';
import {
  carriedOut,
  NO_USAGE,
  NOW,
  probed,
  service,
  settled,
  snapshot,
} from '../testing/builders.ts';
import { samplesOf } from '../testing/metric-samples.ts';
import { measure } from './measure.ts';

const KEY = 'Deployment/shop/web';
const NOTHING = { policy: false, probe: false, secondProbe: false, hasSecond: false };
const LEADS = { ...NOTHING, policy: true };
const PROBES = { ...NOTHING, probe: true };

const drifting = () => {
  const locked = snapshot();
  return decide(
    settled(carriedOut(locked, decide(locked)), { open: [9090], otherwise: 'filtered' }),
  );
};

test('the ports of a workload are told by who probes it, and its policy by who leads', async () => {
  const metrics = createMetrics();
  const WEB = 'namespace="shop",kind="Deployment",name="web"';
  const told = async () => ({
    undeclared: await samplesOf(metrics, 'portlock_undeclared_reachable_ports'),
    unreachable: await samplesOf(metrics, 'portlock_declared_unreachable_ports'),
    drifting: await samplesOf(metrics, 'portlock_drifting_workloads'),
    verified: await samplesOf(metrics, 'portlock_enforced_workloads'),
    modes: await samplesOf(metrics, 'portlock_workloads'),
  });
  const nothing = await told();
  measure(KEY, PROBES, drifting(), metrics);
  expect(await told()).toEqual({
    undeclared: { [WEB]: 1 },
    unreachable: { [WEB]: 1 },
    drifting: { 'finding="UndeclaredReachable"': 1, 'finding="DeclaredUnreachable"': 1 },
    verified: { 'verified="True"': 0, 'verified="False"': 1, 'verified="Unknown"': 0 },
    modes: nothing.modes,
  });
  measure(KEY, LEADS, drifting(), metrics);
  const modes = { 'mode="Audit"': 0, 'mode="Enforce"': 1, 'mode="Invalid"': 0 };
  expect(await told()).toEqual({ ...nothing, modes });
  measure(KEY, NOTHING, drifting(), metrics);
  expect(await told()).toEqual(nothing);
});

test('a workload without drift has no series of its ports, and one that is gone has none at all', async () => {
  const metrics = createMetrics();
  const plan = decide(probed(snapshot(), { open: [8080], otherwise: 'filtered' }));
  for (const kind of ['Deployment', 'StatefulSet'] as const)
    measure(`${kind}/shop/web`, { ...LEADS, probe: true }, plan, metrics);
  expect(await samplesOf(metrics, 'portlock_undeclared_reachable_ports')).toEqual({});
  measure('StatefulSet/shop/web', LEADS, undefined, metrics);
  expect(await samplesOf(metrics, 'portlock_workloads')).toMatchObject({ 'mode="Enforce"': 1 });
});

test('a policy that waits is told by its reason, and since when it does', async () => {
  const metrics = createMetrics();
  const usage = { ...NO_USAGE, services: [service(9090)] };
  measure(KEY, LEADS, decide(snapshot({ usage })), metrics);
  expect(await samplesOf(metrics, 'portlock_held_enforcements')).toEqual({
    'reason="PreflightFailed"': 1,
  });
  expect(metrics.workloads.get(KEY)?.policy?.hold?.since).toBe(NOW);
  const contest = { by: ['somebody'], since: NOW };
  for (const fields of [{}, { contest }] as Partial<Snapshot>[]) {
    measure(KEY, LEADS, decide(snapshot(fields)), metrics);
    expect(await samplesOf(metrics, 'portlock_held_enforcements')).toEqual({});
  }
});
