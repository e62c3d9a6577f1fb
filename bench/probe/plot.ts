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
/** Lines above the axis. */
const TICKS = 4;
const LEGEND_WIDTH = 76;
const MARGIN = { left: 46, right: 20, top: 34, bottom: 40 };

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
  const step = stepFor(Math.max(...points.map(({ y }) => y)));
  const top = step * TICKS;
  const plotWidth = WIDTH - MARGIN.left - MARGIN.right;
  const plotHeight = HEIGHT - MARGIN.top - MARGIN.bottom;
  const toX = (x: number) =>
    rounded(MARGIN.left + (Math.log(x / lowest) / Math.log(highest / lowest)) * plotWidth);
  const toY = (y: number) => rounded(MARGIN.top + (1 - y / top) * plotHeight);
  const ticks = Array.from({ length: TICKS + 1 }, (_, index) => index * step);
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
      // Beside the title, where no line can cross it.
      text(right - (series.length - 1 - index) * LEGEND_WIDTH, 16, name, 'end', `fill="${color}"`),
    ]),
  ];
}

/** The distance of two ticks: 1, 2, 2.5 or 5 times a power of ten, so that all of them reach `highest`. */
function stepFor(highest: number): number {
  const least = highest / TICKS;
  const power = 10 ** Math.floor(Math.log10(least));
  return power * ([1, 2, 2.5, 5, 10].find((step) => step * power >= least) ?? 10);
}

function text(x: number, y: number, words: string, anchor: string, more = ''): string {
  return `<text x="${x}" y="${y}" text-anchor="${anchor}" ${more}>${words}</text>`;
}

function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}
