import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { readMutants } from './listed-mutants.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');
const mutant = {
  file: 'src/domain/probing/evidence.ts',
  text: 'export const EQUAL_READINGS = 3;',
  becomes: 'export const EQUAL_READINGS = 2;',
  test: 'src/domain/decide.test.ts',
};

test('the list fits the files of now', () => {
  const yaml = readFileSync(path.join(import.meta.dirname, 'mutants.yaml'), 'utf8');
  expect(readMutants(yaml, ROOT).length).toBeGreaterThanOrEqual(50);
});

test.each([
  ['a text that is gone', { text: 'EQUAL_READINGS = 4' }, /stands 0 times, not once/],
  ['a text that stands twice', { text: 'export interface' }, /stands \d+ times, not once/],
  ['no text', { text: '' }, /stands \d+ times, not once/],
  ['no change', { becomes: mutant.text }, /changes nothing/],
  ['a field that is not known', { tests: 'a' }, /Mutant 1 needs the texts/],
  ['a number', { becomes: 2 }, /Mutant 1 needs the texts/],
  ['a test that is not there', { test: 'src/none.test.ts' }, /ENOENT/],
])('%s is refused in one line', (_what, fields, message) => {
  const read = () => readMutants(JSON.stringify([{ ...mutant, ...fields }]), ROOT);
  expect(read).toThrow(message);
});
