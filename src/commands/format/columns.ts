import { visible } from '../../domain/text/visible-text.ts';

/** A cell of a table: its text, and how it is written where colour is wanted. */
export interface Cell {
  text: string;
  paint?: ((text: string) => string) | undefined;
}

const GAP = '   ';

/** Lines of left-aligned columns under a header, as kubectl prints them; no blanks at the ends, and of texts only what shows. */
export function columns(header: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const shown = rows.map((row) => row.map((cell) => ({ ...cell, text: visible(cell.text) })));
  const all: Cell[][] = [header.map((text) => ({ text })), ...shown];
  const widths = header.map((_, column) =>
    Math.max(...all.map((row) => row[column]?.text.length ?? 0)),
  );
  return all
    .map((row) => {
      const last = row.findLastIndex(({ text }) => text !== '');
      const cells = row.slice(0, last + 1).map(({ text, paint }, column) => {
        const blanks = column === last ? '' : ' '.repeat((widths[column] ?? 0) - text.length);
        return (paint ? paint(text) : text) + blanks;
      });
      return `${cells.join(GAP)}\n`;
    })
    .join('');
}
