import { createHash } from 'node:crypto';
import type { AuditedWorkload, AuditFinding, AuditResult } from '../../../api/audit-result.ts';
import { compareText } from '../../compare-text.ts';
import { generalFixOf, titleOf, whyOf } from '../finding-reasons.ts';
import { placeText } from '../place.ts';
import { anchor, escaped, prose } from '../xml.ts';
import { Pictures } from './pictures.ts';
import { SCRIPT } from './script.ts';
import { SharedFixes } from './shared-fixes.ts';
import { STYLE } from './style.ts';
import { classOf, workloadArticle } from './workload-article.ts';

/** Of more workloads those out of sight are laid out when they come into it, and pictures that look alike are one. */
const MOST_AT_ONCE = 200;
const CLASSES = ['high', 'medium', 'low', 'note', 'ok'] as const;
const VERDICTS = {
  Clean: 'Nothing but notes was found.',
  Findings: 'Something was found that a person should look at.',
  Unknown: 'Not all of the input could be read.',
};

/** An audit as one page that needs nothing else: no network, no script, light or dark, on a screen or on paper. */
export function htmlReport(audit: AuditResult): string {
  const { workloads, verdict, problems } = audit;
  const isLarge = workloads.length > MOST_AT_ONCE;
  const fixes = new SharedFixes(workloads.flatMap(({ findings }) => findings));
  const pictures = new Pictures(workloads, { isLarge });
  const namespaces = [...Map.groupBy(workloads, ({ namespace }) => namespace)].sort(([a], [b]) =>
    compareText(a, b),
  );
  const sections = namespaces.map(([name, each]) => namespaceSection(name, each, fixes, pictures));
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src '${hashOf(STYLE)}'; script-src '${hashOf(SCRIPT)}'">
<title>portlock report</title><style>${STYLE}</style></head>
<body${isLarge ? ' class="large"' : ''}>${pictures.drawnOnce()}<header><h1>Declared and reachable ports</h1><p>${VERDICTS[verdict]}</p>${counts(workloads)}</header>
<main>${problemList(problems)}${overview(namespaces)}${FILTER}${LEGEND}
${sections.join('')}${checksSection(workloads, fixes)}</main>
<script>${SCRIPT}</script></body></html>
`;
}

const FILTER = `<form hidden role="search"><div><label for="search">Search</label><input id="search" name="search" type="search" placeholder="a name, a port, PL003"></div>
<div><label for="severity">Show</label><select id="severity" name="severity"><option value="">all</option><option value="high">high</option><option value="medium">medium and worse</option><option value="low">low and worse</option><option value="note">notes and worse</option></select></div><output class="soft"></output></form>`;
const LEGEND =
  '<p class="soft">● yes, ◐ to some, a small dot no, ? nobody looked. Red is open though it is not declared; orange is declared and closed.</p>';

/** What a page may run is what it says by a hash: a text in it that is taken for a script does nothing. */
function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}

function counts(workloads: readonly AuditedWorkload[]): string {
  const findings = workloads.flatMap((each) => each.findings);
  const of = (severity: string) => findings.filter((each) => each.severity === severity).length;
  const cells = [
    ['workloads', workloads.length],
    ['high', of('high')],
    ['medium', of('medium')],
    ['low', of('low')],
    ['notes', of('note')],
  ] as const;
  const shown = cells.map(
    ([name, count]) => `<div><dt>${name}</dt><dd>${count.toLocaleString('en')}</dd></div>`,
  );
  return `<dl>${shown.join('')}</dl>`;
}

function problemList(problems: AuditResult['problems']): string {
  if (problems.length === 0) return '';
  const items = problems.map(({ file, line, column, message }) => {
    const place = placeText({ file, line, column });
    return `<li>${place === '' ? '' : `<code>${escaped(place)}</code>: `}${escaped(message)}</li>`;
  });
  return `<h2>Not read</h2><ul>${items.join('')}</ul>`;
}

/** How many workloads of each namespace are how bad, as a bar and in numbers. */
function overview(namespaces: readonly (readonly [string, readonly AuditedWorkload[]])[]): string {
  if (namespaces.length === 0) return '<p>There is no workload in it.</p>';
  const most = Math.max(...namespaces.map(([, each]) => each.length));
  const rows = namespaces.map(([name, workloads]) => {
    const numbers = CLASSES.map(
      (kind) => workloads.filter((each) => classOf(each) === kind).length,
    );
    const cells = numbers.slice(0, 4).map((number) => `<td>${number}</td>`);
    return `<tr><td><a href="#ns-${anchor(name)}">${escaped(name)}</a></td><td>${workloads.length}</td>${cells.join('')}<td>${bar(numbers, most)}</td></tr>`;
  });
  return `<h2>Namespaces</h2><table><thead><tr><th>namespace</th><th>workloads</th><th>high</th><th>medium</th><th>low</th><th>notes</th><th>by the worst finding</th></tr></thead><tbody>${rows.join('\n')}</tbody></table>`;
}

function bar(numbers: readonly number[], most: number): string {
  let x = 0;
  const parts = numbers.map((number, index) => {
    const width = Math.round((number / most) * 1000) / 10;
    const part =
      number === 0 ? '' : `<rect class="${CLASSES[index]}" x="${x}" width="${width}" height="12"/>`;
    x = Math.round((x + width) * 10) / 10;
    return part;
  });
  return `<svg viewBox="0 0 100 12" preserveAspectRatio="none" aria-hidden="true">${parts.join('')}</svg>`;
}

function namespaceSection(
  name: string,
  workloads: readonly AuditedWorkload[],
  fixes: SharedFixes,
  pictures: Pictures,
): string {
  const articles = workloads.map((workload) => workloadArticle(workload, fixes, pictures));
  return `<section class="namespace" id="ns-${anchor(name)}"><h2>${escaped(name)}</h2>\n${articles.join('')}</section>\n`;
}

/** What each id that occurs is about, and what mends it. */
function checksSection(workloads: readonly AuditedWorkload[], fixes: SharedFixes): string {
  const found = new Map<string, AuditFinding>();
  for (const { findings } of workloads) for (const each of findings) found.set(each.id, each);
  if (found.size === 0) return '';
  const entries = [...found.values()]
    .sort((a, b) => compareText(a.id, b.id))
    .map((finding) => {
      const { id, severity } = finding;
      return `<h3 id="${anchor(id)}">${escaped(titleOf(finding))} <small>${severity}</small></h3><p>${prose(whyOf(finding))}</p><p>${prose(generalFixOf(finding))}</p>${fixes.of(id)}`;
    });
  return `<section><h2>What was looked for</h2>${entries.join('\n')}</section>`;
}
