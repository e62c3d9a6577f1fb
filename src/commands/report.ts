import type { AuditResult } from '../api/audit-result.ts';
import { countOf, countOfFindings } from './count-of.ts';
import { auditTable } from './format/audit-table.ts';
import { htmlReport } from './format/html/html-report.ts';
import { junitReport } from './format/report-junit.ts';
import { markdownReport } from './format/report-markdown.ts';
import { openReports } from './format/report-openreports.ts';
import { sarifReport } from './format/report-sarif.ts';
import { jsonText } from './format/structured.ts';
import { readResult } from './report/read-result.ts';
import type { Streams } from './streams.ts';
import { Words } from './words.ts';

/** The arguments of `portlock report`, parsed. */
export interface ReportFlags {
  /** `-` for stdin. */
  file: string;
  output: 'table' | 'wide' | 'json' | 'sarif' | 'html' | 'markdown' | 'junit' | 'openreports';
  color: boolean;
  quiet: boolean;
}

/**
 * Shows an audit, or the reports of a cluster, in one of several formats.
 * @returns the exit code: 0 clean, 1 findings, 2 something could not be read
 * @throws CommandError: there is no audit to be read, in one line
 */
export async function runReport(flags: ReportFlags, streams: Streams): Promise<number> {
  const words = new Words({ isQuiet: flags.quiet }, streams);
  const audit = await readResult(flags.file, streams.stdin);
  for (const { file, line, column, message } of audit.problems) {
    const place = [file || flags.file, line, column].filter((each) => each !== null).join(':');
    words.tell(`${place}: ${message}`);
  }
  await streams.stdout(formatted(audit, flags));
  const findings = audit.workloads.flatMap((workload) => workload.findings);
  const notes = findings.filter(({ severity }) => severity === 'note').length;
  const counted = countOfFindings(findings.length - notes, notes);
  words.say(`${countOf(audit.workloads.length, 'workload')}, ${counted}`);
  return { Clean: 0, Findings: 1, Unknown: 2 }[audit.verdict];
}

function formatted(audit: AuditResult, { output, color }: ReportFlags): string {
  switch (output) {
    case 'json':
      return jsonText(audit);
    case 'sarif':
      return sarifReport(audit);
    case 'html':
      return htmlReport(audit);
    case 'markdown':
      return markdownReport(audit);
    case 'junit':
      return junitReport(audit);
    case 'openreports':
      return openReports(audit);
    default:
      return auditTable(audit.workloads, { wide: output === 'wide', color });
  }
}
