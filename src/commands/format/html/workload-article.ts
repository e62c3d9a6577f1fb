import type { AuditedWorkload, AuditFinding } from '../../../api/audit-result.ts';
import { portKey } from '../../../domain/workload/declared-ports.ts';
import { enforceInWords } from '../../audit/in-words.ts';
import { placeText } from '../place.ts';
import { anchor, escaped, escapedLines, prose } from '../xml.ts';
import type { Pictures } from './pictures.ts';
import type { SharedFixes } from './shared-fixes.ts';

/**
 * A workload: its picture, what would be cut, who is connected, and what was found, with what mends it.
 *
 * @param fixes what mends several findings: it is shown once for these
 */
export function workloadArticle(
  workload: AuditedWorkload,
  fixes: SharedFixes,
  pictures: Pictures,
): string {
  const { kind, name, mode, file, line, findings } = workload;
  const about = [
    placeText({ file, line }),
    mode === null ? '' : `mode ${mode}`,
    `enforce: ${enforceInWords(workload)}`,
  ].filter((text) => text !== '');
  const parts = [
    `<h3>${escaped(kind)} ${escaped(name)}</h3><small>${escaped(about.join(' · '))}</small>`,
    cuts(workload),
    connected(workload),
    findings.length > 0
      ? `<ul>${findings.map((each) => findingItem(each, fixes)).join('')}</ul>`
      : '<p>Nothing found.</p>',
  ];
  return `<article class="${classOf(workload)}"><div>${parts.join('')}</div>${pictures.of(workload)}</article>\n`;
}

/** The severity of the worst finding. */
export function classOf({ findings: [worst] }: AuditedWorkload): string {
  return worst?.severity ?? 'ok';
}

function cuts({ cuts }: AuditedWorkload): string {
  if (cuts.length === 0) return '';
  const entries = cuts.map(
    ({ port, protocol, users }) =>
      `<code>${escaped(portKey(port, protocol))}</code> of ${escaped(users.join(', '))}`,
  );
  return `<p>Would be cut: ${entries.join('; ')}</p>`;
}

function connected({ connected }: AuditedWorkload): string {
  if (connected === null || connected.length === 0) return '';
  const entries = connected.map(
    ({ port, protocol, peers }) =>
      `<code>${escaped(portKey(port, protocol))}</code> by ${escaped(peers.join(', '))}`,
  );
  return `<p>Connected now: ${entries.join('; ')}</p>`;
}

function findingItem(finding: AuditFinding, fixes: SharedFixes): string {
  const { id, name, severity, message, fix, patch } = finding;
  const title = id === name ? '' : ` ${escaped(name)}`;
  const head = `<b class="${severity}"><a href="#${anchor(id)}">${escaped(id)}</a>${title}</b>`;
  const place = fixes.placeOf(finding);
  if (place !== undefined) {
    const link = place === anchor(id) ? '' : ` <a href="#${place}">Fix</a>`;
    return `<li>${head} ${escaped(withoutFix(message, fix))}${link}</li>`;
  }
  const shown = `${head} ${escaped(message)}`;
  if (patch === null) return `<li>${shown}</li>`;
  const sentence = message.includes(fix) || id !== name ? '' : `<p>${prose(fix)}</p>`;
  return `<li>${shown}<details><summary>Fix</summary>${sentence}<pre>${escapedLines(patch.trimEnd())}</pre></details></li>`;
}

/** What was found; what mends it stands elsewhere. */
function withoutFix(message: string, fix: string): string {
  return message.endsWith(`: ${fix}`) ? message.slice(0, -`: ${fix}`.length) : message;
}
