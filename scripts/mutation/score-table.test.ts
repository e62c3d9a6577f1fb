import { expect, test } from 'vitest';
import { type ReportedMutant, scoreTable } from './score-table.ts';

function mutant(status: string, line: number, last = line): ReportedMutant {
  return { status, location: { start: { line }, end: { line: last } } };
}

const report = {
  files: {
    'src/kube/a.ts': {
      mutants: [mutant('Killed', 1), mutant('Timeout', 2), mutant('Survived', 3)],
    },
    'src/kube/b.ts': { mutants: [mutant('NoCoverage', 1), mutant('CompileError', 1)] },
    'src/probe/a.ts': { mutants: [mutant('Killed', 1, 3), mutant('Survived', 2)] },
  },
};

test('what ran out of time is killed, what could not be tried does not count', () => {
  const table = scoreTable(report, [{ path: 'src/kube', lines: undefined }]);
  expect(table.split('\n')).toEqual([
    'room      mutants  killed  of these late  survived  no coverage  score  95 %',
    'src/kube        4       2              1         1            1   50 %     -',
  ]);
});

test('of a sample only mutants within a line that was drawn count', () => {
  const rooms = [
    { path: 'src/kube', lines: ['src/kube/a.ts:1'] },
    { path: 'src/probe/a.ts', lines: ['src/probe/a.ts:1'] },
  ];
  expect(scoreTable(report, rooms).split('\n').slice(1)).toEqual([
    'src/kube              1       1              0         0            0  100 %  21-100',
    'src/probe/a.ts        0       0              0         0            0      -       -',
  ]);
});

test.each([
  [0, 10, '0-28'],
  [5, 10, '24-76'],
  [85, 100, '77-91'],
  [120, 120, '97-100'],
])('of %d killed of %d, the share among all lies within %s', (killed, all, expected) => {
  const mutants = Array.from({ length: all }, (_, each) =>
    mutant(each < killed ? 'Killed' : 'Survived', 1),
  );
  const rooms = [{ path: 'src/kube', lines: ['src/kube/a.ts:1'] }];
  const table = scoreTable({ files: { 'src/kube/a.ts': { mutants } } }, rooms);
  expect(table.split('\n')[1]?.split(/\s+/).at(-1)).toBe(expected);
});
