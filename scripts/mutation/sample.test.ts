import { expect, test } from 'vitest';
import { drawnLines } from './sample.ts';

const lines = Array.from({ length: 40 }, (_, index) => `const value${index} = ${index};`);
const file = { file: 'src/a.ts', text: lines.join('\n') };

test('the same seed draws the same lines, another one others', () => {
  const drawn = drawnLines([file], 10, '1');
  expect(new Set(drawn).size).toBe(10);
  expect(drawnLines([file], 10, '1')).toEqual(drawn);
  expect(drawnLines([file], 10, '2')).not.toEqual(drawn);
});

test('a line that is put in above moves the others, and leaves them drawn', () => {
  const moved = { ...file, text: `\n${file.text}` };
  const down = (place: string) => `src/a.ts:${Number(place.split(':')[1]) + 1}`;
  expect(drawnLines([moved], 10, '1')).toEqual(drawnLines([file], 10, '1').map(down));
});

test('lines without code are not drawn', () => {
  const text = "import a from 'a';\n// why\n/** What\n * and how. */\n\n});\nconst b = a();\n};";
  expect(drawnLines([{ file: 'src/b.ts', text }], 9, '1')).toEqual(['src/b.ts:7']);
});
