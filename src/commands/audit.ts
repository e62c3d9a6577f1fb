import type { AuditResult } from '../api/audit-result.ts';
import { type Audited, auditAll, withEvidence } from './audit/audited.ts';
import { counts } from './audit/checks.ts';
import type { EvidenceFlags, Looking } from './audit/gather-evidence.ts';
import type { ClusterAccess } from './cluster-access.ts';
import { CommandError } from './command-error.ts';
import { countOf, countOfFindings } from './count-of.ts';
import { auditDocument } from './format/audit-document.ts';
import { auditTable } from './format/audit-table.ts';
import { jsonText, yamlText } from './format/structured.ts';
import { wholeScope } from './manifests/read-cluster.ts';
import {
  type ReadSource,
  type SourceFlags,
  type Surroundings,
  withSource,
} from './manifests/read-source.ts';
import { NOTHING_TO_READ } from './manifests/tell-input.ts';
import type { Streams } from './streams.ts';
import { Words } from './words.ts';

/** The arguments of `portlock audit`, parsed. */
export interface AuditFlags extends SourceFlags, EvidenceFlags {
  allNamespaces: boolean;
  output: 'table' | 'wide' | 'json' | 'yaml';
  color: boolean;
}

/**
 * Tells of every workload what is declared, what policies allow, and what enforce mode would do.
 * @returns the exit code: 0 clean, 1 findings, 2 something could not be read
 * @throws CommandError: it could not even be tried, in one line
 */
export async function runAudit(
  flags: AuditFlags,
  streams: Streams,
  signal: AbortSignal,
): Promise<number> {
  const words = new Words({ isQuiet: flags.quiet }, streams);
  const needsCluster = flags.allNamespaces || flags.probe || flags.inside;
  if (needsCluster && flags.paths.length > 0)
    throw new CommandError('-f reads no cluster: drop -A, --probe and --inside');
  const scopeOf = (access: ClusterAccess) => wholeScope(flags, access);
  return withSource(flags, { streams, words, signal }, scopeOf, (read) =>
    audit(read, flags, { streams, words, signal }),
  );
}

async function audit(
  read: ReadSource,
  flags: AuditFlags,
  { streams, words, signal }: Surroundings,
): Promise<number> {
  const { cluster, snapshots, access } = read;
  if (cluster.source === 'cluster' && cluster.workloads.length === 0) words.tell(NOTHING_TO_READ);
  const byObjects = auditAll(cluster, snapshots);
  const looking =
    access && (flags.probe || flags.inside)
      ? { access, cluster, snapshots, flags, words, signal }
      : undefined;
  const audited = looking ? await withEvidenceOf(byObjects, looking) : byObjects;
  const doubts = audited.flatMap(({ evidence }) => evidence.doubts);
  for (const doubt of doubts) words.tell(doubt);
  const problems = [...read.problems, ...doubts.map((message) => ({ file: '', message }))];
  const all = audited.flatMap(({ findings }) => findings);
  const found = all.filter(({ id }) => counts(id)).length;
  const verdict = problems.length > 0 ? 'Unknown' : found > 0 ? 'Findings' : 'Clean';
  // Programs read what could not be read, too; a person was told, and a table without a row says nothing.
  const isRead = audited.length > 0 || cluster.source === 'cluster';
  if (isRead || isDocument(flags)) {
    await streams.stdout(formatted(auditDocument(audited, problems, verdict), flags));
    const counted = countOfFindings(found, all.length - found);
    if (isRead) words.say(`${countOf(audited.length, 'workload')}, ${counted}`);
  }
  return { Clean: 0, Findings: 1, Unknown: 2 }[verdict];
}

/** What makes connections and pods is loaded where that is asked for. */
async function withEvidenceOf(audited: readonly Audited[], looking: Looking): Promise<Audited[]> {
  const { gatherEvidence } = await import('./audit/gather-evidence.ts');
  return withEvidence(audited, await gatherEvidence(audited, looking));
}

function isDocument({ output }: AuditFlags): boolean {
  return output === 'json' || output === 'yaml';
}

function formatted(audit: AuditResult, { output, color }: AuditFlags): string {
  switch (output) {
    case 'json':
      return jsonText(audit);
    case 'yaml':
      return yamlText(audit);
    default:
      return auditTable(audit.workloads, { wide: output === 'wide', color });
  }
}
