import { expect, test } from 'vitest';
import { draw } from './draw.ts';
import { parseDrawing } from './parse-drawing.ts';

const SOURCE = `# for the test
title: A & B
row: label / what the owner sets |  | policy
row: hold
label -> policy: nobody <is> cut off
label -> hold
`;

test('boxes stand in the cells of the grid, and arrows go from border to border', () => {
  const { rows, arrows } = parseDrawing(SOURCE);
  expect(rows.map((row) => row.map((box) => box?.lines.join(', ')))).toEqual([
    ['label, what the owner sets', undefined, 'policy'],
    ['hold'],
  ]);
  expect(arrows).toEqual([
    { from: 'label', to: 'policy', label: 'nobody <is> cut off' },
    { from: 'label', to: 'hold', label: '' },
  ]);
  const svg = draw(parseDrawing(SOURCE));
  expect(svg).toContain('width="648" height="266"');
  expect(svg).toContain('<line x1="185" y1="92" x2="463" y2="92"');
  expect(svg).toContain('<line x1="108" y1="123" x2="108" y2="177"');
});

test('the same source makes the same SVG, in which no text is markup', () => {
  const svg = draw(parseDrawing(SOURCE));
  expect(draw(parseDrawing(SOURCE))).toBe(svg);
  expect(svg).toContain('<title>A &amp; B</title>');
  expect(svg).toContain('nobody &lt;is&gt; cut off');
});

test.each([
  ['a box that is not there', 'title: A\nrow: a\na -> b', 'line 3: there is no box b'],
  ['two boxes of a name', 'title: A\nrow: a | a', 'line 2: there is a box a already'],
  ['no title', 'row: a', 'line 1: a drawing has a title'],
])('what is wrong is told with its line: %s', (_what, source, message) => {
  expect(() => parseDrawing(source)).toThrow(message);
});
