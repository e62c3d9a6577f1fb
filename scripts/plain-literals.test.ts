import { expect, test } from 'vitest';
import { lintFiles } from './lint/lint-files.ts';

const MESSAGE = 'Write the properties plainly';

test('an object literal that is spread into another is refused, at any depth', () => {
  const diagnostics = lintFiles(
    new Map([
      ['src/flat.ts', 'export const a = { ...{ b: 1, sinse: 2 } };\n'],
      ['src/deep.ts', 'export const f = () => ({ c: { d: 1, ...{ e: 2 } } });\n'],
      ['src/plain.ts', 'export const a = { b: 1, since: 2 };\n'],
      ['src/copy.ts', 'export const copy = (given: object) => ({ ...given, b: 1 });\n'],
      ['src/maybe.ts', 'export const maybe = (b?: number) => ({ ...(b && { b }) });\n'],
    ]),
  );
  const refused = diagnostics.filter(({ text }) => text.includes(MESSAGE));
  expect(refused.map(({ file }) => file).sort()).toEqual(['src/deep.ts', 'src/flat.ts']);
});
