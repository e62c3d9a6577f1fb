import type { CheckResult } from '../check/check-result.ts';
import { columns } from './columns.ts';

/** What became of connections between which nodes, and how soon. */
export function checkTable({ paths }: CheckResult): string {
  return columns(
    ['FROM NODE', 'TO NODE', 'RESULT', 'AFTER', 'NOTE'],
    paths.map(({ fromNode, toNode, verdict, after, why }) => [
      { text: fromNode },
      { text: toNode },
      { text: verdict },
      { text: after === undefined ? '-' : `${(after / 1_000).toFixed(1)} s` },
      { text: why },
    ]),
  );
}
