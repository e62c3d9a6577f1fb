import type { AuditedWorkload, AuditFinding, AuditResult } from '../../api/audit-result.ts';
import { visible } from '../../domain/text/visible-text.ts';
import { countOf, countOfFindings } from '../count-of.ts';

/** A comment takes 65,536 characters; in characters, with room for what ends it. */
const MAXIMUM = 60_000;

interface Row {
  workload: AuditedWorkload;
  finding: AuditFinding;
}

/** An audit as a comment of a pull request: what was found, worst first, and below it what mends it. Notes are only counted. */
export function markdownReport({ verdict, workloads, problems }: AuditResult): string {
  const all = workloads.flatMap((workload) =>
    workload.findings.map((finding): Row => ({ workload, finding })),
  );
  const rows = all.filter(({ finding }) => finding.severity !== 'note');
  const counted = countOfFindings(rows.length, all.length - rows.length);
  const counts = `${countOf(workloads.length, 'workload')}, ${counted}`;
  const state = { Clean: 'clean', Findings: 'findings', Unknown: 'not all of it could be read' };
  const parts = [
    `## portlock: ${state[verdict]}\n\n${counts}.\n`,
    ...(problems.length > 0 ? [`\nNot read:\n\n${problems.map(problemLine).join('')}`] : []),
    ...(rows.length > 0 ? [HEADER] : []),
  ];
  const shown: Row[] = [];
  let size = parts.join('').length;
  for (const row of rows) {
    const [line, details] = [tableLine(row), fixText(row)];
    size += line.length + details.length;
    if (size > MAXIMUM) break;
    shown.push(row);
    parts.push(line);
  }
  if (shown.length < rows.length)
    parts.push(`\nand ${countOf(rows.length - shown.length, 'finding')} more.\n`);
  const fixes = shown.map(fixText).join('');
  if (fixes !== '')
    parts.push(`\n<details>\n<summary>What mends them</summary>\n\n${fixes}</details>\n`);
  return parts.join('');
}

const HEADER = '\n| severity | check | workload | what was found |\n|---|---|---|---|\n';

function tableLine({ workload, finding }: Row): string {
  const { severity, id, name, message } = finding;
  return `| ${severity} | ${literal(`${id} ${name}`)} | ${literal(nameOf(workload))}${placeOf(finding)} | ${literal(message)} |\n`;
}

function fixText({ workload, finding: { id, fix, patch } }: Row): string {
  if (patch === null) return '';
  const yaml = patch.trimEnd().split('\n').map(visible).join('\n');
  const fence = fenceFor(yaml);
  return `${literal(`${id} ${nameOf(workload)}: ${fix}`)}\n\n${fence}yaml\n${yaml}\n${fence}\n\n`;
}

function problemLine({ file, line, message }: AuditResult['problems'][number]): string {
  return `- ${literal(line === null ? `${file}: ${message}` : `${file}:${line}: ${message}`)}\n`;
}

function nameOf({ kind, namespace, name }: AuditedWorkload): string {
  return `${kind} ${namespace}/${name}`;
}

function placeOf({ file, line }: AuditFinding): string {
  return file === null ? '' : ` ${literal(`${file}:${line}`)}`;
}

/**
 * A text of which Markdown makes nothing: "Any ASCII punctuation character may be backslash-escaped" (CommonMark 2.4). What
 * mentions people, links, or begins a list is parted from what follows it by a blank without width.
 */
function literal(text: string): string {
  return visible(text)
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/[!$()*:[\\\]^_`{|}~]/g, '\\$&')
    .replace(/^[-+=]|^\d+(?=[.)])|www(?=\.)/gi, '$&\u200b')
    .replace(/[@#]/g, '\\$&\u200b');
}

/** Longer than every run of the same in the text. */
function fenceFor(text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  return '`'.repeat(longest + 1);
}
