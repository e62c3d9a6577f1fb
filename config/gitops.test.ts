import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it, test } from 'vitest';
import { parse, parseDocument } from 'yaml';
import { decide } from '../src/domain/decide.ts';
import type { Snapshot } from '../src/domain/snapshot.ts';
import {
  carriedOut,
  NO_USAGE,
  NOW,
  policy,
  service,
  settled,
  snapshot,
  workload,
} from '../src/testing/builders.ts';
import { LOCKED, OPEN, reportOf } from '../src/testing/plans.ts';
import type { Network } from '../src/testing/seen-network.ts';

// What the health check makes of them is for Argo CD's own code to say, in e2e/gitops/health-check.e2e.test.ts.
const folder = path.join(
  import.meta.dirname,
  'gitops/argocd/resource_customizations/portlock.dev/PortExposureReport',
);

const audited = workload({ mode: 'audit' });
const widened = [policy('allow-all', { ingress: [{}] })];
/** Undeclared ports refuse, which comes through only where nothing is filtered. */
const REFUSING: Network = { open: [8080], otherwise: 'refused' };
const used = { ...NO_USAGE, services: [service(8080), service(9090)] };

/** Contested by Flux, after all was well. */
function contested(): Snapshot {
  const before = settled(snapshot(), LOCKED);
  const contest = { since: NOW, by: ['kustomize-controller'] };
  return carriedOut(before, decide({ ...before, contest }));
}

/** A label that is set to enforce when the pods were asked in audit mode, and before they are asked again. */
function awaiting(): Snapshot {
  const timing = { ...snapshot().timing, preflight: 10_000 };
  return snapshot({ timing });
}

/** Of what a cluster looks like, by the example that shows the report about it. */
const CASES: Readonly<Record<string, () => Snapshot>> = {
  healthy_enforced: () => settled(snapshot(), LOCKED),
  healthy_audit: () => settled(snapshot({ workload: audited }), LOCKED),
  healthy_no_pods: () => decided(snapshot({ pods: [], selected: [] })),
  progressing_probing: () => decided(snapshot()),
  progressing_awaiting_probe: () => decided(awaiting()),
  progressing_write_tried_again: () =>
    decided(
      snapshot({ policyFailure: { reason: 'Timeout', message: 'no answer', stalled: false } }),
    ),
  suspended_held: () => settled(snapshot({ usage: used }), OPEN),
  degraded_drift: () => settled(snapshot({ policies: widened }), OPEN),
  degraded_audit_drift: () => settled(snapshot({ workload: audited, policies: widened }), OPEN),
  degraded_not_enforced: () => settled(snapshot(), REFUSING),
  degraded_foreign_policy: () => settled(snapshot({ policies: [policy('web-portlock')] }), LOCKED),
  degraded_contested: contested,
};
/** Written in parts by two replicas, and seen in between: of those the operator decides none. */
const HALF = ['progressing_half_written', 'progressing_no_status'];

function decided(before: Snapshot): Snapshot {
  return carriedOut(before, decide(before));
}

describe('the examples of reports', () => {
  test.each(Object.entries(CASES))('%s is as the operator writes it', (name, of) => {
    const file = path.join(folder, 'testdata', `${name}.yaml`);
    const example = parseDocument(readFileSync(file, 'utf8'));
    const { conditions } = of().report?.status ?? {};
    if (process.env.UPDATE_GOLDENS) {
      example.setIn(['status'], example.createNode({ conditions }));
      writeFileSync(file, example.toString({ lineWidth: 0 }));
    }
    expect(example.toJS().status).toEqual({ conditions: JSON.parse(JSON.stringify(conditions)) });
  });

  it('are all looked at by the test that comes along', () => {
    const names = [...Object.keys(CASES), ...HALF].map((name) => `testdata/${name}.yaml`).sort();
    expect(readdirSync(path.join(folder, 'testdata')).sort()).toEqual(
      names.map((name) => path.basename(name)),
    );
    const { tests } = parse(readFileSync(path.join(folder, 'health_test.yaml'), 'utf8'));
    expect(tests.map(({ inputPath }: { inputPath: string }) => inputPath).sort()).toEqual(names);
  });
});

test('what is held says what it waits for', () => {
  const report = reportOf(decide(settled(snapshot({ usage: used }), OPEN)));
  const { tests } = parse(readFileSync(path.join(folder, 'health_test.yaml'), 'utf8'));
  const { healthStatus } = tests.find(({ inputPath }: { inputPath: string }) =>
    inputPath.endsWith('suspended_held.yaml'),
  );
  const passed = report.status?.conditions?.find(({ type }) => type === 'PreflightPassed');
  expect(healthStatus.message).toBe(passed?.message);
});
