import { styleText } from 'node:util';
import { visible } from '../../domain/text/visible-text.ts';
import type { Audited } from '../audit/audited.ts';
import { CHECKS, type CheckId } from '../audit/checks.ts';
import { findingLine } from '../audit/finding.ts';
import { allowedInWords, declaredInWords, enforceInWords, seenInWords } from '../audit/in-words.ts';
import { placeInWords } from '../manifests/manifest.ts';
import { type Cell, columns } from './columns.ts';

/**
 * An audit for people: a line for each workload, those at the greatest risk first, and below it what was found. A wide table
 * has the place of each workload and the policies that select its pods.
 */
export function auditTable(
  audited: readonly Audited[],
  { wide, color }: { wide: boolean; color: boolean },
): string {
  const header = [
    'NAMESPACE',
    'WORKLOAD',
    'MODE',
    'DECLARED',
    'ALLOWED',
    'ENFORCE',
    ...(audited.some(({ evidence }) => evidence.reachable) ? ['REACHABLE'] : []),
    ...(audited.some(({ evidence }) => evidence.listening) ? ['LISTENING'] : []),
    'FINDINGS',
    ...(wide ? ['POLICIES', 'AT'] : []),
  ];
  const rows = audited.map((each): Cell[] => {
    const { value, manifest } = each.found;
    const [worst] = each.findings;
    const ids = [...new Set(each.findings.map(({ id }) => id))].join(', ') || '-';
    return [
      { text: value.namespace },
      { text: `${value.kind}/${value.name}` },
      { text: each.mode ?? '-' },
      { text: declaredInWords(each) },
      { text: allowedInWords(each) },
      { text: enforceInWords(each) },
      ...(header.includes('REACHABLE') ? [{ text: seenInWords(each.evidence.reachable) }] : []),
      ...(header.includes('LISTENING') ? [{ text: seenInWords(each.evidence.listening) }] : []),
      { text: ids, paint: color && worst ? paintOf(worst.id) : undefined },
      ...(wide
        ? [
            { text: each.exposure.policies.map(({ name }) => name).join(', ') || '-' },
            { text: placeInWords(manifest) || '-' },
          ]
        : []),
    ];
  });
  const lines = audited.flatMap(({ findings }) => findings.map(findingLine)).map(oneLine);
  return columns(header, rows) + (lines.length > 0 ? `\n${lines.join('')}` : '');
}

function oneLine(text: string): string {
  return `${visible(text)}\n`;
}

/** Whoever calls has looked whether colour is wanted; Node must not look again. */
function paintOf(id: CheckId): Cell['paint'] {
  const { severity } = CHECKS[id];
  if (severity === 'note') return undefined;
  const color = severity === 'high' ? 'red' : 'yellow';
  return (text) => styleText(color, text, { validateStream: false });
}
