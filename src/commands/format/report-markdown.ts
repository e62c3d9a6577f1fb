import type { AuditedWorkload, AuditFinding, AuditResult } from '../../api/audit-result.ts';
import { visible } from '../../domain/text/visible-text.ts';
import { countOf, countOfFindings } from '../count-of.ts';
import { titleOf } from './finding-reasons.ts';
import { placeText } from './place.ts';

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
    ...(problems.length > 0 ? [problemList(problems)] : []),
    ...(rows.length > 0 ? [HEADER] : []),
  ];
  const room = MAXIMUM - parts.join('').length;
  const texts = rows.map((row) => tableLine(row) + fixText(row));
  const shown = rows.slice(0, countWithin(texts, room));
  parts.push(...shown.map(tableLine), more(rows.length - shown.length, 'finding'));
  const fixes = shown.map(fixText).join('');
  if (fixes !== '')
    parts.push(`\n<details>\n<summary>What mends them</summary>\n\n${fixes}</details>\n`);
  return parts.join('');
}

/** How many of the texts fit into that many characters, from the first on. */
function countWithin(texts: readonly string[], room: number): number {
  let size = 0;
  const over = texts.findIndex((text) => {
    size += text.length;
    return size > room;
  });
  return over === -1 ? texts.length : over;
}

function more(left: number, what: string): string {
  return left === 0 ? '' : `\nand ${countOf(left, what)} more.\n`;
}

const HEADER = '\n| severity | check | workload | what was found |\n|---|---|---|---|\n';

function tableLine({ workload, finding }: Row): string {
  const { severity, message } = finding;
  return `| ${severity} | ${literal(titleOf(finding))} | ${literal(nameOf(workload))}${placeOf(finding)} | ${literal(message)} |\n`;
}

function fixText({ workload, finding: { id, fix, patch } }: Row): string {
  if (patch === null) return '';
  const yaml = patch.trimEnd().split('\n').map(visible).join('\n');
  const fence = fenceFor(yaml);
  return `${literal(`${id} ${nameOf(workload)}: ${fix}`)}\n\n${fence}yaml\n${yaml}\n${fence}\n\n`;
}

/** At most half of the comment: what was found matters as well. */
function problemList(problems: AuditResult['problems']): string {
  const lines = problems.map(problemLine);
  const shown = lines.slice(0, countWithin(lines, MAXIMUM / 2));
  return `\nNot read:\n\n${shown.join('')}${more(lines.length - shown.length, 'problem')}`;
}

function problemLine({ file, line, message }: AuditResult['problems'][number]): string {
  const place = placeText({ file, line });
  return `- ${literal(place === '' ? message : `${place}: ${message}`)}\n`;
}

function nameOf({ kind, namespace, name }: AuditedWorkload): string {
  return `${kind} ${namespace}/${name}`;
}

function placeOf(finding: AuditFinding): string {
  const place = placeText(finding);
  return place === '' ? '' : ` ${literal(place)}`;
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
