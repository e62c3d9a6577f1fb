export interface Series {
  name: string;
  color: string;
  /** x > 0, y >= 0 */
  points: readonly { x: number; y: number }[];
}

export interface Panel {
  title: string;
  series: readonly Series[];
}

const WIDTH = 420;
const HEIGHT = 260;
const MARGIN = { left: 46, right: 16, top: 34, bottom: 40 };

/** Line plots side by side, as one SVG; x on a logarithmic scale, y from 0. */
export function plot(title: string, panels: readonly Panel[], xTitle: string): string {
  const size = `width="${WIDTH * panels.length}" height="${HEIGHT}"`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" ${size} font-family="sans-serif" font-size="11">`,
    `<title>${title}</title>`,
    '<rect width="100%" height="100%" fill="white"/>',
    ...panels.flatMap((panel, index) => [
      `<g transform="translate(${index * WIDTH} 0)">`,
      ...drawPanel(panel, xTitle),
      '</g>',
    ]),
    '</svg>',
    '',
  ].join('\n');
}

function drawPanel({ title, series }: Panel, xTitle: string): string[] {
  const points = series.flatMap((each) => each.points);
  const xs = [...new Set(points.map(({ x }) => x))].sort((a, b) => a - b);
  const [lowest = 1] = xs;
  const highest = xs.at(-1) ?? lowest;
  const top = Math.ceil(Math.max(...points.map(({ y }) => y)) * 1.05);
  const plotWidth = WIDTH - MARGIN.left - MARGIN.right;
  const plotHeight = HEIGHT - MARGIN.top - MARGIN.bottom;
  const toX = (x: number) =>
    rounded(MARGIN.left + (Math.log(x / lowest) / Math.log(highest / lowest)) * plotWidth);
  const toY = (y: number) => rounded(MARGIN.top + (1 - y / top) * plotHeight);
  const ticks = [0, 0.25, 0.5, 0.75, 1].map((share) => share * top);
  const right = WIDTH - MARGIN.right;
  return [
    text(MARGIN.left, 16, title, 'start', 'font-weight="bold"'),
    ...ticks.flatMap((y) => [
      `<line x1="${MARGIN.left}" y1="${toY(y)}" x2="${right}" y2="${toY(y)}" stroke="#ddd"/>`,
      text(MARGIN.left - 6, toY(y) + 4, String(rounded(y)), 'end'),
    ]),
    ...xs.map((x) => text(toX(x), HEIGHT - MARGIN.bottom + 16, String(x), 'middle')),
    text(MARGIN.left + plotWidth / 2, HEIGHT - 6, xTitle, 'middle'),
    ...series.flatMap(({ name, color, points }, index) => [
      `<polyline fill="none" stroke="${color}" stroke-width="2" points="${points
        .map(({ x, y }) => `${toX(x)},${toY(y)}`)
        .join(' ')}"/>`,
      ...points.map(({ x, y }) => `<circle cx="${toX(x)}" cy="${toY(y)}" r="3" fill="${color}"/>`),
      text(right, MARGIN.top + 4 + 14 * index, name, 'end', `fill="${color}"`),
    ]),
  ];
}

function text(x: number, y: number, words: string, anchor: string, more = ''): string {
  return `<text x="${x}" y="${y}" text-anchor="${anchor}" ${more}>${words}</text>`;
}

function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}
