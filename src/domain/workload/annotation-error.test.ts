import { expect, test } from 'vitest';
import { quote } from './annotation-error.ts';

test.each<[string, string, string]>([
  ['is quoted', 'a "b"', '"a \\"b\\""'],
  ['stays on one line', 'a\nb', '"a\\nb"'],
  ['of sixty characters is whole', 'x'.repeat(60), `"${'x'.repeat(60)}"`],
  ['that is longer is cut off there', 'x'.repeat(61), `"${'x'.repeat(60)}…"`],
])('a text %s', (_what, text, quoted) => {
  expect(quote(text)).toBe(quoted);
});
