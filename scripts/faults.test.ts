import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';

const ROOT = path.resolve(import.meta.dirname, '..');
const CASES = Array.from({ length: 51 }, (_, index) => index + 1);
/** `'case 3, case 13: drops a watch'`, in whatever quotes. */
const TITLE = /['"`]((?:case \d+(?:, )?)+): ([^'"`\n]+)['"`]/g;
/** A row of the table: the number, what happens, what portlock does, the tests. */
const ROW = /^\| (\d+) \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$/gm;
/** `[title](../file)`. */
const LINK = /\[([^\]]+)\]\(\.\.\/([^)]+)\)/g;

/** Each test that holds a case, as `14 file: title`. */
const held = globSync(['src/**/*.test.ts', 'e2e/**/*.e2e.test.ts'], { cwd: ROOT })
  .flatMap((file) => {
    const text = readFileSync(path.join(ROOT, file), 'utf8');
    return [...text.matchAll(TITLE)].flatMap(([, numbers = '', title]) =>
      [...numbers.matchAll(/\d+/g)].map(([number]) => `${number} ${file}: ${title}`),
    );
  })
  .sort();

const rows = [...readFileSync(path.join(ROOT, 'docs/faults.md'), 'utf8').matchAll(ROW)];

test('every case of a fault is listed once, in their order', () => {
  expect(rows.map(([, number]) => Number(number))).toEqual(CASES);
});

test('the tests that are listed are those whose names have the number of the case, and no others', () => {
  const listed = rows.flatMap(([, number, , , tests = '']) =>
    [...tests.matchAll(LINK)].map(([, title, file]) => `${number} ${file}: ${title}`),
  );
  expect(listed.sort()).toEqual(held);
});

test('every case has a test', () => {
  expect(CASES.filter((number) => !held.some((each) => each.startsWith(`${number} `)))).toEqual([]);
});
