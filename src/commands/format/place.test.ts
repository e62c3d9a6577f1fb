import { expect, test } from 'vitest';
import { placeText } from './place.ts';

test.each<[Parameters<typeof placeText>[0], string]>([
  [{ file: 'a.yaml', line: 3, column: 7 }, 'a.yaml:3:7'],
  [{ file: 'a.yaml', line: 3, column: null }, 'a.yaml:3'],
  [{ file: 'a.yaml', line: 3 }, 'a.yaml:3'],
  [{ file: 'a.yaml', line: null, column: null }, 'a.yaml'],
  [{ file: '-', line: 1 }, '-:1'],
  [{ file: null, line: 3 }, ''],
  [{ file: '', line: 3, column: 1 }, ''],
])('%j is "%s"', (place, text) => {
  expect(placeText(place)).toBe(text);
});
