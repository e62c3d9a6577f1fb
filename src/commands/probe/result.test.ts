import { expect, test } from 'vitest';
import { exitCodeOf } from './result.ts';

test.each([
  ['Clean', 0],
  ['Findings', 1],
  ['Unknown', 2],
] as const)('%s ends with %i', (verdict, code) => {
  expect(exitCodeOf(verdict)).toBe(code);
});
