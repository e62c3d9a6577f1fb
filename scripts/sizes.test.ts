import { beforeAll, describe, expect, test } from 'vitest';
import { lintFiles } from './lint/lint-files.ts';

/** A function whose body has so many lines. */
const functionOf = (lines: number) =>
  `export function long(): void {\n${'  console.log();\n'.repeat(lines)}}\n`;
/** A file of so many lines. */
const fileOf = (lines: number) => 'export {};\n'.repeat(lines);

const FILES = new Map([
  ['src/domain/function-50.ts', functionOf(50)],
  ['src/domain/function-51.ts', functionOf(51)],
  ['src/cli-300.ts', fileOf(300)],
  ['src/cli-301.ts', fileOf(301)],
  ['src/reconcile/sizes.test.ts', functionOf(51) + fileOf(301)],
  ['src/api/port-exposure-report.ts', fileOf(301)],
  ['src/api/port-exposure-report-schema.ts', fileOf(301)],
]);
const TOO_LONG: [string, string][] = [
  ['src/domain/function-51.ts', 'noExcessiveLinesPerFunction'],
  ['src/cli-301.ts', 'noExcessiveLinesPerFile'],
];
/** Tests list their cases, and generated files are as long as what they come from. */
const SHORT_ENOUGH = [...FILES.keys()].filter((file) => !TOO_LONG.some(([each]) => each === file));

describe('functions of more than 50 lines and files of more than 300', () => {
  let found: string[];

  beforeAll(() => {
    found = lintFiles(FILES)
      .filter(({ text }) => text.includes('noExcessiveLines'))
      .map(({ file, text }) => `${file} ${/noExcessiveLines\w+/.exec(text)?.[0]}`);
  });

  test.each(TOO_LONG)('%s is refused by %s', (file, rule) => {
    expect(found).toContain(`${file} ${rule}`);
  });

  test.each(SHORT_ENOUGH)('%s is let be', (file) => {
    expect(found.filter((each) => each.startsWith(`${file} `))).toEqual([]);
  });
});
