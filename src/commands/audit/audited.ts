import { modeLabel } from '../../domain/workload/mode.ts';
import type { Workload } from '../../domain/workload/workload.ts';
import { compareText } from '../compare-text.ts';
import type { Found, ManifestCluster } from '../manifests/cluster.ts';
import { type Judged, judgeEnforced } from '../manifests/judge.ts';
import type { Snapshots } from '../manifests/snapshots.ts';
import { counts, rankOf } from './checks.ts';
import { decisionFindings } from './decision-findings.ts';
import { type Evidence, NO_EVIDENCE } from './evidence.ts';
import { evidenceFindings } from './evidence-findings.ts';
import { type Exposure, exposureOf } from './exposure-findings.ts';
import type { Finding } from './finding.ts';

/** What was found out about one workload. */
export interface Audited {
  found: Found<Workload>;
  /** The label that counts, as it is; undefined where there is none. */
  mode: string | undefined;
  judged: Judged;
  /** Whether what enforce mode would do hangs on something that could not be read. */
  isUnknown: boolean;
  exposure: Omit<Exposure, 'findings'>;
  evidence: Evidence;
  /** The worst first. */
  findings: readonly Finding[];
}

/** Looks at every workload, labelled or not. Those at the greatest risk come first. */
export function auditAll({ workloads }: ManifestCluster, snapshots: Snapshots): Audited[] {
  return workloads
    .map((found): Audited => {
      const { value } = found;
      const snapshot = snapshots.snapshotOf(value);
      const judged = judgeEnforced(snapshot, value);
      const { findings, ...exposure } = exposureOf(found, judged, snapshots);
      const all = [...decisionFindings(found, judged), ...findings];
      return {
        found,
        mode: modeLabel(value, snapshot.namespace),
        judged,
        isUnknown: snapshots.gaps.length > 0 && judged.intent.kind === 'apply',
        exposure,
        evidence: NO_EVIDENCE,
        findings: all.sort(worstFirst),
      };
    })
    .sort(byRisk);
}

/** With what was seen beside objects, and what follows from it. */
export function withEvidence(
  audited: readonly Audited[],
  evidence: ReadonlyMap<Audited, Evidence>,
): Audited[] {
  const seen = audited.map((each) => ({ ...each, evidence: evidence.get(each) ?? NO_EVIDENCE }));
  const added = evidenceFindings(seen);
  return seen
    .map((each) => {
      const findings = [...each.findings, ...(added.get(each) ?? [])].sort(worstFirst);
      return { ...each, findings };
    })
    .sort(byRisk);
}

function worstFirst(a: Finding, b: Finding): number {
  return rankOf(a.id) - rankOf(b.id) || compareText(a.id, b.id);
}

/** By the worst finding, then by how many there are, then by name. */
function byRisk(a: Audited, b: Audited): number {
  const [x, y] = [a.found.value, b.found.value];
  return (
    worstOf(a) - worstOf(b) ||
    counted(b) - counted(a) ||
    compareText(x.namespace, y.namespace) ||
    compareText(x.name, y.name) ||
    compareText(x.kind, y.kind)
  );
}

function worstOf({ findings: [worst] }: Audited): number {
  return worst === undefined ? Number.POSITIVE_INFINITY : rankOf(worst.id);
}

function counted({ findings }: Audited): number {
  return findings.filter(({ id }) => counts(id)).length;
}
