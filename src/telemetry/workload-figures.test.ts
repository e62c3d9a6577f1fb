import { Registry } from 'prom-client';
import { describe, expect, test } from 'vitest';
import { samplesOf } from '../testing/metric-samples.ts';
import { type WorkloadFigures, workloadMetrics } from './workload-figures.ts';

const NOW = Date.parse('2026-01-02T00:00:00Z');

function figures(name: string, fields: Partial<WorkloadFigures> = {}): WorkloadFigures {
  return {
    namespace: 'shop',
    kind: 'Deployment',
    name,
    policy: undefined,
    probe: undefined,
    ...fields,
  };
}

function measured(all: readonly WorkloadFigures[]) {
  const registry = new Registry();
  const { workloads } = workloadMetrics([registry], () => NOW);
  for (const each of all) workloads.set(each.name, each);
  return (name: string) => samplesOf({ registry }, name);
}

describe('what tenants can make many of is bounded', () => {
  test('of workloads in drift the 500 worst are named, and all are counted', async () => {
    const samples = measured(
      Array.from({ length: 600 }, (_, index) =>
        figures(`w${index}`, {
          probe: { undeclaredReachable: index, declaredUnreachable: 0, verified: 'False' },
        }),
      ),
    );
    const named = await samples('portlock_undeclared_reachable_ports');
    expect(Object.keys(named)).toHaveLength(500);
    expect(Math.min(...Object.values(named))).toBe(100);
    expect(await samples('portlock_drifting_workloads')).toEqual({
      'finding="UndeclaredReachable"': 599,
      'finding="DeclaredUnreachable"': 0,
    });
  });

  test('reasons that an API server made up are one', async () => {
    const reasons = ['Forbidden', 'with "quotes"', 'and\nlines', ''];
    const more = Array.from({ length: 40 }, (_, index) => `R${'a'.repeat(index)}`);
    const samples = measured(
      [...reasons, ...more].map((reason, index) =>
        figures(`w${index}`, {
          policy: { mode: 'Enforce', hold: { reason, since: NOW - index * 1000 } },
        }),
      ),
    );
    const held = await samples('portlock_held_enforcements');
    expect(held['reason="Forbidden"']).toBe(1);
    expect(Object.keys(held).length).toBeLessThanOrEqual(33);
    expect(Object.values(held).reduce((sum, count) => sum + count)).toBe(44);
    expect(held['reason="Other"']).toBeGreaterThanOrEqual(3);
  });
});

test('of those that wait for one reason the age is that of the oldest', async () => {
  const samples = measured(
    [10, 30, 20].map((seconds) =>
      figures(`w${seconds}`, {
        policy: {
          mode: 'Enforce',
          hold: { reason: 'PreflightFailed', since: NOW - seconds * 1000 },
        },
      }),
    ),
  );
  expect(await samples('portlock_held_enforcement_age_seconds')).toEqual({
    'reason="PreflightFailed"': 30,
  });
});
