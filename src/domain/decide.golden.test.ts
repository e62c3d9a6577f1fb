import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { CORE_SCHEMA, load } from 'js-yaml';
import { describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { carriedOut } from '../testing/builders.ts';
import { goldenManifests } from '../testing/golden-manifests.ts';
import { runs } from '../testing/property-runs.ts';
import { snapshotOf } from '../testing/snapshot-manifests.ts';
import { decide } from './decide.ts';
import { once } from './evaluate/once.ts';
import type { Plan } from './plan.ts';
import { portKey } from './workload/declared-ports.ts';

/**
 * Each folder holds a small cluster as its users wrote it, whose first line says what it shows, and what
 * is decided about the workload web, or the one that OperatorFlags name: the policy, what pre-flight finds, and the conditions.
 * UPDATE_GOLDENS=1 writes the latter anew.
 */
const CASES = join(import.meta.dirname, 'testdata/decide');

describe.each(readdirSync(CASES).sort())('%s', (name) => {
  const manifests = goldenManifests(join(CASES, name));
  const file = join(CASES, name, 'expected.yaml');
  const before = snapshotOf(manifests);
  const decided = once(() => decide(before));

  test('is as expected', () => {
    const actual = said(decided());
    if (process.env.UPDATE_GOLDENS) writeFileSync(file, stringify(actual, { lineWidth: 0 }));
    expect(actual).toEqual(load(readFileSync(file, 'utf8'), { schema: CORE_SCHEMA }));
  });

  test('the order of the objects changes nothing', () => {
    const expected = JSON.stringify(said(decided()));
    const anyOrder = fc.shuffledSubarray(manifests, { minLength: manifests.length });
    fc.assert(
      fc.property(anyOrder, (shuffled) => {
        expect(JSON.stringify(said(decide(snapshotOf(shuffled))))).toBe(expected);
      }),
      runs(2),
    );
  });

  test('what was carried out is not done again', () => {
    const done = carriedOut(before, decided());
    const plan = decide(done);
    expect(plan.policy).toEqual({ do: 'nothing' });
    expect(plan.events).toEqual([]);
    if (plan.report.do === 'ensure') expect(plan.report.report.status).toEqual(done.report?.status);
  });
});

function said({ policy, found, report, former }: Plan) {
  const status = report.do === 'ensure' ? report.report.status : undefined;
  return {
    policy: policy.do === 'apply' ? policy.policy.spec : policy.do,
    ...(former.policies.length > 0 && {
      formerPolicies: former.policies.map(({ metadata }) => metadata.name),
    }),
    findings: found.findings,
    unused: found.unused.map(({ port, protocol }) => portKey(port, protocol)),
    ...(status?.policies && { policies: status.policies }),
    ...(status?.policy?.otherOwners && { otherOwners: status.policy.otherOwners }),
    conditions: Object.fromEntries(
      (status?.conditions ?? []).map(({ type, status: value, reason, message }) => [
        type,
        `${value} ${reason}: ${message}`,
      ]),
    ),
  };
}
