/**
 * Generates the drawings of docs/drawings, an SVG beside each source in text. `--check` writes nothing and exits 1 when a
 * committed file is stale.
 */
import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { draw } from './drawings/draw.ts';
import { parseDrawing } from './drawings/parse-drawing.ts';
import { keepPage } from './keep-page.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

for (const source of globSync('docs/drawings/*.txt', { cwd: root }).sort()) {
  const drawing = parseDrawing(readFileSync(root + source, 'utf8'));
  await keepPage(source.replace(/\.txt$/, '.svg'), draw(drawing));
}
