import { readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { decide } from '../../domain/decide.ts';
import type { Snapshot } from '../../domain/snapshot.ts';
import { goldenManifests } from '../../testing/golden-manifests.ts';
import { snapshotOf } from '../../testing/snapshot-manifests.ts';
import { decisionFindings } from '../audit/decision-findings.ts';
import { judge } from '../manifests/judge.ts';
import { conditionFindings } from './report-findings.ts';

/** The small clusters of decisions: what their reports say against a policy, is what an audit says of them. */
const CASES = path.resolve(import.meta.dirname, '../../domain/testdata/decide');

describe.each(readdirSync(CASES).sort())('%s', (name) => {
  const snapshot = snapshotOf(goldenManifests(path.join(CASES, name)));
  test.skipIf(snapshot.workload === undefined)('is reported as it is audited', () => {
    expect(reported(snapshot)).toEqual(audited(snapshot));
  });
});

function audited(snapshot: Snapshot): string[] {
  const { workload } = snapshot;
  if (!workload) return [];
  const document = { file: '', line: 0, text: '' };
  const manifest = { file: '', line: 0, document, path: [], wire: { apiVersion: '', kind: '' } };
  const found = { value: workload, manifest, hasNamespace: true };
  return inOneOrder(decisionFindings(found, judge(snapshot, workload)).map(({ id }) => id));
}

function reported(snapshot: Snapshot): string[] {
  const { report } = decide(snapshot);
  if (report.do !== 'ensure') return [];
  const { spec, status = {} } = report.report;
  return inOneOrder(conditionFindings(spec.targetRef.kind, status).map(({ id }) => id));
}

/** Notes of pre-flight stand in its condition, whatever its status. */
const NOTES_OF_PREFLIGHT = ['PL004', 'PL015', 'PL016', 'PL017'];
/** What only the operator learns: of its own policy, and by probing. */
const LEARNED = ['AutoBrake', 'ForeignNetworkPolicy', 'PL020'];

/** What pre-flight waits for is one condition. */
function inOneOrder(ids: readonly string[]): string[] {
  const told = new Set(ids);
  for (const each of [...NOTES_OF_PREFLIGHT, ...LEARNED]) told.delete(each);
  if (told.has('PL003')) told.delete('PL014');
  return [...told].sort();
}
