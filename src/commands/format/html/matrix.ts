import type { AuditedWorkload } from '../../../api/audit-result.ts';
import { escaped } from '../xml.ts';
import { type Mark, type PortRow, portRows } from './port-rows.ts';

/** So many ports of a workload are drawn. */
const MOST_ROWS = 20;
const ROW = 18;
const WIDTH = 350;
/** Where the columns are; what they are called stands above the picture, by the page's style. */
const CENTRES = [130, 195, 260, 325] as const;
const COLUMNS = ['declared', 'allowed', 'reachable', 'listening'] as const;
/** A picture of nothing has words, too, for those who do not see it. */
const NO_PORT = 'no port declared or allowed';
/** Half of the width of a question mark. */
const HALF = 3;

/** Which ports of a workload are declared, allowed, reachable and listened on. */
export interface Picture {
  height: number;
  /** The same for those who do not see it; not escaped. */
  words: string;
  /** The elements that it is made of. */
  drawing: string;
}

/**
 * The picture of a workload. All marks that look alike are one path: a browser takes in thousands of pictures at once.
 */
export function pictureOf(workload: AuditedWorkload): Picture {
  const all = portRows(workload);
  const rows = all.slice(0, MOST_ROWS);
  const left = all.length - rows.length;
  const labels = rows.map((row, index) => labelOf(row, ROW * index + 13));
  const last = rows.length === 0 ? NO_PORT : left > 0 ? `and ${left} more` : undefined;
  if (last !== undefined) labels.push(`<text y="${ROW * rows.length + 13}">${last}</text>`);
  return {
    height: ROW * labels.length + 4,
    words: rows.map(inWords).join('; ') || NO_PORT,
    drawing: marksOf(rows) + labels.join(''),
  };
}

/** A picture where it is, with its words. */
export function svgOf({ height, words, drawing }: Picture): string {
  return `<svg viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="${escaped(words)}">${drawing}</svg>`;
}

/** A picture that is drawn elsewhere on the page, as what has this id. */
export function svgOfShared({ height }: Picture, id: string): string {
  return `<svg viewBox="0 0 ${WIDTH} ${height}" role="img" aria-labelledby="${id}w"><use href="#${id}"/></svg>`;
}

/** What has that id: the picture, and its words. */
export function sharedDrawing({ words, drawing }: Picture, id: string): string {
  return `<g id="${id}"><desc id="${id}w">${escaped(words)}</desc>${drawing}</g>`;
}

/** Question marks come first, each with its place, and then the label: that is one element. */
function labelOf(row: PortRow, y: number): string {
  const unknown = CENTRES.filter((_, index) => row[COLUMNS[index] ?? 'declared'] === 'unknown');
  if (unknown.length === 0) return `<text y="${y}">${escaped(row.label)}</text>`;
  const places = [...unknown.map((x) => x - HALF), 0].join(' ');
  return `<text x="${places}" y="${y}">${'?'.repeat(unknown.length)}${escaped(row.label)}</text>`;
}

/** The drawn marks, by how they look. */
function marksOf(rows: readonly PortRow[]): string {
  const paths = new Map<string, string>();
  for (const [index, row] of rows.entries())
    for (const [column, x] of CENTRES.entries())
      for (const [look, path] of drawing(row[COLUMNS[column] ?? 'declared'], x, ROW * index + 9)) {
        const style = look === '' ? concern(row) : `${concern(row)} ${look}`;
        paths.set(style, (paths.get(style) ?? '') + path);
      }
  return [...paths].map(([style, path]) => `<path class="${style}" d="${path}"/>`).join('');
}

/**
 * A line without length has the round ends alone: a disc as wide as the line. Shapes differ, too: colour alone says
 * nothing to many.
 */
function drawing(mark: Mark, x: number, y: number): [look: string, path: string][] {
  switch (mark) {
    case 'yes':
      return [['', `M${x} ${y}h0`]];
    case 'some':
      return [
        ['ring', `M${x} ${y - 5.5}a5.5 5.5 0 1 1-.01 0z`],
        ['half', `M${x} ${y - 5.5}a5.5 5.5 0 0 0 0 11z`],
      ];
    case 'no':
      return [['no', `M${x} ${y}h0`]];
    case 'unknown':
      return [];
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
