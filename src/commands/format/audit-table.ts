import { styleText } from 'node:util';
import type { AuditedWorkload, AuditFinding } from '../../api/audit-result.ts';
import { visible } from '../../domain/text/visible-text.ts';
import { portKey } from '../../domain/workload/declared-ports.ts';
import {
  allowedInWords,
  declaredInWords,
  enforceInWords,
  findingInWords,
  list,
  placeInWords,
} from '../audit/in-words.ts';
import { type Cell, columns } from './columns.ts';
import { placeText } from './place.ts';

/** A column of the table. */
interface Column {
  header: string;
  cell: (workload: AuditedWorkload) => string | Cell;
}

/**
 * An audit for people: a line for each workload, those at the greatest risk first, and below it what was found. A wide table
 * has the place of each workload and the policies that select its pods. What nobody looked at has no column.
 */
export function auditTable(
  workloads: readonly AuditedWorkload[],
  { wide, color }: { wide: boolean; color: boolean },
): string {
  const isTold = (field: 'reachable' | 'listening') =>
    workloads.some((workload) => workload[field] !== null);
  const shown: Column[] = [
    { header: 'NAMESPACE', cell: ({ namespace }) => namespace },
    { header: 'WORKLOAD', cell: ({ kind, name }) => `${kind}/${name}` },
    { header: 'MODE', cell: ({ mode }) => mode ?? '-' },
    { header: 'DECLARED', cell: declaredInWords },
    { header: 'ALLOWED', cell: allowedInWords },
    ...(isTold('reachable') ? [seen('REACHABLE', 'reachable')] : []),
    ...(isTold('listening') ? [seen('LISTENING', 'listening')] : []),
    { header: 'ENFORCE', cell: enforceInWords },
    { header: 'FINDINGS', cell: (workload) => findingsCell(workload, color) },
    ...(wide
      ? [
          {
            header: 'POLICIES',
            cell: ({ policies }: AuditedWorkload) =>
              policies.map(({ name }) => name).join(', ') || '-',
          },
          { header: 'AT', cell: placeInWords },
        ]
      : []),
  ];
  const rows = workloads.map((workload) =>
    shown.map(({ cell }): Cell => {
      const content = cell(workload);
      return typeof content === 'string' ? { text: content } : content;
    }),
  );
  const table = columns(
    shown.map(({ header }) => header),
    rows,
  );
  const lines = workloads.flatMap((workload) =>
    workload.findings.map((finding) => `${visible(findingText(workload, finding))}\n`),
  );
  return table + (lines.length > 0 ? `\n${lines.join('')}` : '');
}

function seen(header: string, field: 'reachable' | 'listening'): Column {
  const cell = (workload: AuditedWorkload) => {
    const ports = workload[field];
    if (ports === null) return 'unknown';
    return list([...new Set(ports.map(({ port, protocol }) => portKey(port, protocol)))]);
  };
  return { header, cell };
}

function findingsCell({ findings }: AuditedWorkload, color: boolean): Cell {
  const [worst] = findings;
  const text = [...new Set(findings.map(({ id }) => id))].join(', ') || '-';
  return { text, paint: color && worst ? paintOf(worst) : undefined };
}

/** `file:line: PL003 UndeclaredInUse: Deployment shop/web: message`. */
function findingText({ kind, namespace, name }: AuditedWorkload, finding: AuditFinding): string {
  return findingInWords({
    ...finding,
    at: placeText(finding),
    about: `${kind} ${namespace}/${name}`,
  });
}

/** Whoever calls has looked whether colour is wanted; Node must not look again. */
function paintOf({ severity }: AuditFinding): Cell['paint'] {
  if (severity === 'note') return undefined;
  const color = severity === 'high' ? 'red' : 'yellow';
  return (text) => styleText(color, text, { validateStream: false });
}
