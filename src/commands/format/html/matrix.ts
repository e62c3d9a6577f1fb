import type { AuditedWorkload } from '../../../api/audit-result.ts';
import { escaped } from '../xml.ts';
import { type Mark, type PortRow, portRows } from './port-rows.ts';

/** So many ports of a workload are drawn. */
const MOST_ROWS = 20;
const ROW = 18;
const WIDTH = 350;
const CENTRES = [130, 195, 260, 325] as const;
const COLUMNS = ['declared', 'allowed', 'reachable', 'listening'] as const;

/**
 * Pictures of which ports are declared, allowed, reachable and listened on. Rows that look alike are drawn once for the
 * whole page: a report of thousands of workloads stays small.
 */
export class Matrices {
  readonly #rows = new Map<string, string>();

  /** The picture of a workload, with the same in words for those who do not see it. */
  picture(workload: AuditedWorkload): string {
    const all = portRows(workload);
    const rows = all.slice(0, MOST_ROWS);
    const left = all.length - rows.length;
    const height = ROW * (rows.length + 1 + (left > 0 ? 1 : 0)) + 4;
    const drawn = rows.map((row, index) => {
      const y = ROW * (index + 1);
      return `<use href="#${this.#idOf(row)}" y="${y}"/><text y="${y + 13}">${escaped(row.label)}</text>`;
    });
    if (left > 0) drawn.push(`<text y="${height - 8}">and ${left} more</text>`);
    const words = rows.map(inWords).join('; ');
    return `<svg viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="${escaped(words)}"><use href="#h"/>${drawn.join('')}</svg>`;
  }

  /** What the pictures refer to; to be asked for once all of them are drawn. */
  definitions(): string {
    const names = COLUMNS.map(
      (name, index) =>
        `<text class="soft" x="${CENTRES[index]}" y="12" text-anchor="middle">${name}</text>`,
    );
    return `<svg width="0" height="0" aria-hidden="true"><defs><g id="h">${names.join('')}</g>${[...this.#rows.values()].join('')}</defs></svg>`;
  }

  #idOf(row: PortRow): string {
    const marks = COLUMNS.map((column) => row[column]);
    const id = `r${marks.map(([letter]) => letter).join('')}`;
    if (!this.#rows.has(id)) {
      const drawn = marks.map((mark, index) => drawing(mark, CENTRES[index] ?? 0));
      this.#rows.set(id, `<g id="${id}" class="${concern(row)}">${drawn.join('')}</g>`);
    }
    return id;
  }
}

/** Shapes differ, too: colour alone says nothing to many. */
function drawing(mark: Mark, x: number): string {
  switch (mark) {
    case 'yes':
      return `<circle cx="${x}" cy="9" r="5.5"/>`;
    case 'some':
      return `<circle class="ring" cx="${x}" cy="9" r="5.5"/><path d="M${x} 3.5a5.5 5.5 0 0 0 0 11z"/>`;
    case 'no':
      return `<circle class="ring" cx="${x}" cy="9" r="3"/>`;
    case 'unknown':
      return `<text x="${x}" y="13" text-anchor="middle">?</text>`;
  }
}

function concern({ declared, allowed, reachable }: PortRow): string {
  const isOpen = allowed === 'yes' || allowed === 'some' || reachable === 'yes';
  if (declared === 'yes') return allowed === 'no' ? 'closed' : 'good';
  return isOpen ? 'bad' : 'plain';
}

function inWords({ label, ...row }: PortRow): string {
  const words = { yes: '', some: ' to some', no: 'not ', unknown: '' };
  const told = COLUMNS.filter((column) => row[column] !== 'unknown').map((column) =>
    row[column] === 'some' ? column + words.some : words[row[column]] + column,
  );
  return `${label} ${told.join(', ') || 'unknown'}`;
}
