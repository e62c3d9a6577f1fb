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

test('the age of reasons that are one is that of the oldest, made up or one too many', async () => {
  const ages = new Map([
    ['made up', 90],
    ...Array.from({ length: 40 }, (_, index) => [`R${'a'.repeat(index)}`, 10] as const),
  ]);
  const samples = measured(
    [...ages].map(([reason, seconds]) =>
      figures(reason, {
        policy: { mode: 'Enforce', hold: { reason, since: NOW - seconds * 1000 } },
      }),
    ),
  );
  expect((await samples('portlock_held_enforcement_age_seconds'))['reason="Other"']).toBe(90);
});

test('what is known of a clock that is ahead is no negative age', async () => {
  const hold = { reason: 'WouldCut', since: NOW + 5000 };
  const samples = measured([figures('web', { policy: { mode: 'Enforce', hold } })]);
  expect(await samples('portlock_held_enforcement_age_seconds')).toEqual({
    'reason="WouldCut"': 0,
  });
});

describe('workloads are counted', () => {
  const policy = (mode: string) => ({ policy: { mode, hold: undefined } });
  const probe = (verified: string | undefined, undeclared = 0, unreachable = 0) => ({
    probe: { undeclaredReachable: undeclared, declaredUnreachable: unreachable, verified },
  });

  test('by mode, each of which is there from the start', async () => {
    const samples = measured([
      figures('a', policy('Enforce')),
      figures('b', policy('Enforce')),
      figures('c', policy('Invalid')),
      figures('d', policy('Odd')),
      figures('e'),
    ]);
    expect(await samples('portlock_workloads')).toEqual({
      'mode="Audit"': 0,
      'mode="Enforce"': 2,
      'mode="Invalid"': 1,
    });
  });

  test('by whether enforcement is verified, where a policy is in force', async () => {
    const samples = measured([
      figures('a', probe('True')),
      figures('b', probe('Unknown')),
      figures('c', probe(undefined)),
      figures('d'),
    ]);
    expect(await samples('portlock_enforced_workloads')).toEqual({
      'verified="True"': 1,
      'verified="False"': 0,
      'verified="Unknown"': 1,
    });
  });

  test('in drift by what it is, once for each of both', async () => {
    const samples = measured([
      figures('a', probe('False', 3, 1)),
      figures('b', probe('False', 0, 2)),
      figures('c', probe('True')),
    ]);
    expect(await samples('portlock_drifting_workloads')).toEqual({
      'finding="UndeclaredReachable"': 1,
      'finding="DeclaredUnreachable"': 2,
    });
    expect(await samples('portlock_declared_unreachable_ports')).toEqual({
      'namespace="shop",kind="Deployment",name="a"': 1,
      'namespace="shop",kind="Deployment",name="b"': 2,
    });
  });
});

test('of a workload that is gone nothing is left', async () => {
  const registry = new Registry();
  const { workloads } = workloadMetrics([registry], () => NOW);
  const hold = { reason: 'WouldCut', since: NOW };
  const probe = { undeclaredReachable: 1, declaredUnreachable: 1, verified: 'False' };
  workloads.set('web', figures('web', { policy: { mode: 'Enforce', hold }, probe }));
  const names = [
    'portlock_undeclared_reachable_ports',
    'portlock_declared_unreachable_ports',
    'portlock_held_enforcements',
    'portlock_held_enforcement_age_seconds',
  ];
  for (const name of names)
    expect(Object.keys(await samplesOf({ registry }, name))).toHaveLength(1);
  workloads.delete('web');
  for (const name of names) expect(await samplesOf({ registry }, name)).toEqual({});
});
