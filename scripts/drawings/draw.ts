import type { Arrow, Box, Drawing } from './parse-drawing.ts';

const COLUMN = 216;
const ROW = 116;
const BOX = { width: 148, height: 56 };
const TITLE_HEIGHT = 34;
const LINE_HEIGHT = 15;
/** Between the tip of an arrow and the box. */
const GAP = 3;

interface Point {
  x: number;
  y: number;
}

/** A drawing as SVG: the same text for the same source. */
export function draw({ title, rows, arrows }: Drawing): string {
  const places = placesOf(rows);
  const columns = Math.max(...rows.map((row) => row.length));
  const size = `width="${columns * COLUMN}" height="${TITLE_HEIGHT + rows.length * ROW}"`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" ${size} font-family="sans-serif" font-size="12">`,
    `<title>${escaped(title)}</title>`,
    '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0 8 4 0 8z" fill="#555"/></marker></defs>',
    '<rect width="100%" height="100%" fill="white"/>',
    `<text x="16" y="24" font-weight="bold">${escaped(title)}</text>`,
    ...arrows.flatMap((arrow) => drawArrow(arrow, places)),
    ...rows
      .flat()
      .flatMap((box) => (box ? drawBox(box, places.get(box.lines[0] ?? '') as Point) : [])),
    '</svg>',
    '',
  ].join('\n');
}

/** The middle of each box, by its first line. */
function placesOf(rows: Drawing['rows']): Map<string, Point> {
  const places = new Map<string, Point>();
  for (const [row, boxes] of rows.entries())
    for (const [column, box] of boxes.entries())
      if (box)
        places.set(box.lines[0] ?? '', {
          x: (column + 0.5) * COLUMN,
          y: TITLE_HEIGHT + (row + 0.5) * ROW,
        });
  return places;
}

function drawBox({ lines }: Box, { x, y }: Point): string[] {
  const { width, height } = BOX;
  const first = y + 4 - ((lines.length - 1) * LINE_HEIGHT) / 2;
  return [
    `<rect x="${x - width / 2}" y="${y - height / 2}" width="${width}" height="${height}" rx="6" fill="#eef3fa" stroke="#1f77b4"/>`,
    ...lines.map((line, index) => {
      const weight = index === 0 ? ' font-weight="bold"' : '';
      return `<text x="${x}" y="${first + index * LINE_HEIGHT}" text-anchor="middle"${weight}>${escaped(line)}</text>`;
    }),
  ];
}

function drawArrow({ from, to, label }: Arrow, places: ReadonlyMap<string, Point>): string[] {
  const [a, b] = [places.get(from), places.get(to)] as [Point, Point];
  const [start, end] = [borderTowards(a, b), borderTowards(b, a)];
  const isLevel = a.y === b.y;
  const middle = { x: (start.x + end.x) / 2, y: (start.y + end.y) / 2 };
  const at = isLevel
    ? `x="${middle.x}" y="${middle.y - BOX.height / 2 - 6}" text-anchor="middle"`
    : `x="${middle.x + 8}" y="${middle.y + 4}" text-anchor="start"`;
  return [
    `<line x1="${start.x}" y1="${start.y}" x2="${end.x}" y2="${end.y}" stroke="#555" marker-end="url(#tip)"/>`,
    ...(label ? [`<text ${at} font-size="11" fill="#555">${escaped(label)}</text>`] : []),
  ];
}

/** Where the way from the middle of a box to another point leaves it. */
function borderTowards({ x, y }: Point, to: Point): Point {
  const [dx, dy] = [to.x - x, to.y - y];
  const scale = Math.min(
    (BOX.width / 2 + GAP) / Math.abs(dx || Number.MIN_VALUE),
    (BOX.height / 2 + GAP) / Math.abs(dy || Number.MIN_VALUE),
  );
  return { x: rounded(x + dx * scale), y: rounded(y + dy * scale) };
}

function rounded(value: number): number {
  return Math.round(value * 10) / 10;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
