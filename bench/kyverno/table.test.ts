import { expect, test } from 'vitest';
import type { Measured } from '../scale/measure.ts';
import { behavioursTable, figuresTable } from './table.ts';

test('a row for each question, in the order in which they were asked first', () => {
  const seen = (contestant: string, question: string, milliseconds?: number) => ({
    contestant,
    question,
    seen:
      milliseconds === undefined
        ? { answer: 'no' as const }
        : { answer: 'yes' as const, milliseconds },
  });
  const table = behavioursTable([
    seen('portlock', 'edited?', 12.4),
    seen('portlock', 'deleted?', 9),
    seen('kyverno', 'deleted?'),
  ]);
  expect(table).toBe(
    ['|  | portlock | kyverno |', '| --- | --- | --- |', '| edited? | yes, 12 ms |  |']
      .concat('| deleted? | yes, 9 ms | no |', '')
      .join('\n'),
  );
});

test('the figures are medians of the rounds of each', () => {
  const round = (contestant: string, p50: number): Measured => ({
    contestant,
    size: 1000,
    policiesPerSecond: 100,
    missing: 0,
    restarts: 0,
    p50,
    p99: 50,
    max: 60,
    lost: 0,
    resident: 200e6,
    processorSeconds: 5,
    longestBlock: undefined,
  });
  const table = figuresTable([round('portlock', 30), round('portlock', 10), round('portlock', 20)]);
  expect(table).toContain('| label to policy, p50 / p99 | 20.0 / 50.0 ms |\n');
  expect(table).toContain('| resident | 200 MB |\n');
});
