import type { AuditedWorkload, AuditFinding } from '../../../api/audit-result.ts';
import { portKey } from '../../../domain/workload/declared-ports.ts';
import { enforceInWords } from '../../audit/in-words.ts';
import { placeText } from '../place.ts';
import { anchor, escaped, escapedLines, prose } from '../xml.ts';
import { picture } from './matrix.ts';

/**
 * A workload: its picture, what would be cut, who is connected, and what was found, with what mends it.
 *
 * @param sharedPatches by id, what mends all of its findings: it is shown once for all of them
 */
export function workloadArticle(
  workload: AuditedWorkload,
  sharedPatches: ReadonlyMap<string, string>,
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
      ? `<ul>${findings.map((each) => findingItem(each, sharedPatches)).join('')}</ul>`
      : '<p>Nothing found.</p>',
  ];
  return `<article class="${classOf(workload)}"><div>${parts.join('')}</div>${picture(workload)}</article>\n`;
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

function findingItem(
  { id, name, severity, message, fix, patch }: AuditFinding,
  sharedPatches: ReadonlyMap<string, string>,
): string {
  const title = id === name ? '' : ` ${escaped(name)}`;
  const head = `<b class="${severity}"><a href="#${anchor(id)}">${escaped(id)}</a>${title}</b> ${escaped(message)}`;
  if (patch === null || sharedPatches.has(id)) return `<li>${head}</li>`;
  const sentence = message.includes(fix) || id !== name ? '' : `<p>${prose(fix)}</p>`;
  return `<li>${head}<details><summary>Fix</summary>${sentence}<pre>${escapedLines(patch.trimEnd())}</pre></details></li>`;
}
