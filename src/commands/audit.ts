import type { AuditResult } from '../api/audit-result.ts';
import { auditAll } from './audit/audited.ts';
import { counts } from './audit/checks.ts';
import { countOf } from './count-of.ts';
import { auditDocument } from './format/audit-document.ts';
import { auditTable } from './format/audit-table.ts';
import { jsonText, yamlText } from './format/structured.ts';
import { type ManifestFlags, readManifests } from './manifests/read-manifests.ts';
import type { Streams } from './streams.ts';
import { Words } from './words.ts';

/** The arguments of `portlock audit`, parsed. */
export interface AuditFlags extends ManifestFlags {
  output: 'table' | 'wide' | 'json' | 'yaml';
  color: boolean;
  quiet: boolean;
}

/**
 * Tells of every workload what is declared, what policies allow, and what enforce mode would do.
 * @returns the exit code: 0 clean, 1 findings, 2 something could not be read
 * @throws CommandError: it could not even be tried, in one line
 */
export async function runAudit(flags: AuditFlags, streams: Streams): Promise<number> {
  const words = new Words({ isQuiet: flags.quiet }, streams);
  const { cluster, snapshots, problems } = await readManifests(flags, streams, words);
  const audited = auditAll(cluster, snapshots);
  const all = audited.flatMap(({ findings }) => findings);
  const found = all.filter(({ id }) => counts(id)).length;
  const verdict = problems.length > 0 ? 'Unknown' : found > 0 ? 'Findings' : 'Clean';
  if (audited.length > 0) {
    await streams.stdout(formatted(auditDocument(audited, problems, verdict), flags));
    words.say(
      [
        countOf(audited.length, 'workload'),
        countOf(found, 'finding'),
        countOf(all.length - found, 'note'),
      ].join(', '),
    );
  }
  return { Clean: 0, Findings: 1, Unknown: 2 }[verdict];
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
