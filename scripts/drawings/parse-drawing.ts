/** A drawing: boxes in the cells of a grid, and arrows between them. */
export interface Drawing {
  title: string;
  /** By row and column; undefined where the cell is empty. */
  rows: readonly (readonly (Box | undefined)[])[];
  arrows: readonly Arrow[];
}

/** A box; arrows find it by its first line. */
export interface Box {
  lines: readonly string[];
}

export interface Arrow {
  from: string;
  to: string;
  label: string;
}

/**
 * Reads a drawing: `title: …`, rows such as `row: a | b / second line |  | c`, and arrows such as `a -> b: label`. Lines that
 * begin with # say something to whoever reads the source.
 * @throws Error with the number of the line that is wrong
 */
export function parseDrawing(text: string): Drawing {
  let title = '';
  const rows: (Box | undefined)[][] = [];
  const arrows: Arrow[] = [];
  const names = new Set<string>();
  for (const [index, line] of text.split('\n').entries()) {
    const fail = (why: string) => new Error(`line ${index + 1}: ${why}`);
    if (line.trim() === '' || line.startsWith('#')) continue;
    const [, keyword, rest = ''] = /^(title|row): *(.*)$/.exec(line) ?? [];
    if (keyword === 'title') title = rest;
    else if (keyword === 'row') rows.push(rest.split('|').map((cell) => boxOf(cell, names, fail)));
    else arrows.push(arrowOf(line, names, fail));
  }
  if (title === '') throw new Error('line 1: a drawing has a title');
  return { title, rows, arrows };
}

type Fail = (why: string) => Error;

function boxOf(cell: string, names: Set<string>, fail: Fail): Box | undefined {
  const lines = cell.split(' / ').map((each) => each.trim());
  const [name = ''] = lines;
  if (name === '') return undefined;
  if (names.has(name)) throw fail(`there is a box ${name} already`);
  names.add(name);
  return { lines };
}

function arrowOf(line: string, names: ReadonlySet<string>, fail: Fail): Arrow {
  const [, from = '', to = '', label = ''] = /^(.+?) -> ([^:]+)(?:: *(.*))?$/.exec(line) ?? [];
  for (const name of [from, to]) if (!names.has(name)) throw fail(`there is no box ${name}`);
  return { from, to, label };
}
