/** So many lines around a difference are shown. */
const CONTEXT = 3;

type Step = { sign: ' ' | '-' | '+'; line: string };

/**
 * Two texts as `diff -u` shows them, so that `git apply` and `patch` take it; nothing where they are the same. For texts
 * of some thousands of lines: time and memory grow with the product of what differs.
 */
export function unifiedDiff(file: string, before: string, after: string): string {
  if (before === after) return '';
  const steps = stepsBetween(linesOf(before), linesOf(after));
  const hunks = hunksOf(steps).map((range) => hunkText(steps, range));
  const from = before === '' ? '/dev/null' : `a/${file}`;
  const to = after === '' ? '/dev/null' : `b/${file}`;
  return `--- ${from}\n+++ ${to}\n${hunks.join('')}`;
}

/** Each with its line feed: one that lacks it differs. */
function linesOf(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

/** What is the same at both ends needs no comparison. */
function stepsBetween(before: readonly string[], after: readonly string[]): Step[] {
  const least = Math.min(before.length, after.length);
  let head = 0;
  while (head < least && before[head] === after[head]) head += 1;
  let tail = 0;
  while (tail < least - head && before.at(-1 - tail) === after.at(-1 - tail)) tail += 1;
  const same = (lines: readonly string[]) => lines.map((line): Step => ({ sign: ' ', line }));
  return [
    ...same(before.slice(0, head)),
    ...longestCommon(
      before.slice(head, before.length - tail),
      after.slice(head, after.length - tail),
    ),
    ...same(before.slice(before.length - tail)),
  ];
}

/** By the longest common subsequence. */
function longestCommon(before: readonly string[], after: readonly string[]): Step[] {
  const width = after.length + 1;
  const lengths = new Uint32Array((before.length + 1) * width);
  const at = (i: number, j: number) => lengths[i * width + j] ?? 0;
  for (let i = before.length - 1; i >= 0; i -= 1)
    for (let j = after.length - 1; j >= 0; j -= 1)
      lengths[i * width + j] =
        before[i] === after[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
  const steps: Step[] = [];
  let [i, j] = [0, 0];
  while (i < before.length || j < after.length) {
    const [old, now] = [before[i], after[j]];
    if (old !== undefined && old === now) {
      steps.push({ sign: ' ', line: old });
      i += 1;
      j += 1;
    } else if (old !== undefined && (now === undefined || at(i + 1, j) >= at(i, j + 1))) {
      steps.push({ sign: '-', line: old });
      i += 1;
    } else {
      steps.push({ sign: '+', line: now ?? '' });
      j += 1;
    }
  }
  return steps;
}

/** From which step to which, the last one not included; hunks whose context meets are one. */
function hunksOf(steps: readonly Step[]): [from: number, to: number][] {
  const hunks: [number, number][] = [];
  for (const [index, { sign }] of steps.entries()) {
    if (sign === ' ') continue;
    const [from, to] = [Math.max(0, index - CONTEXT), Math.min(steps.length, index + CONTEXT + 1)];
    const last = hunks.at(-1);
    if (last && from <= last[1]) last[1] = to;
    else hunks.push([from, to]);
  }
  return hunks;
}

function hunkText(steps: readonly Step[], [from, to]: [number, number]): string {
  const shown = steps.slice(from, to);
  const count = (some: readonly Step[], without: string) =>
    some.filter(({ sign }) => sign !== without).length;
  const range = (without: string) => {
    const length = count(shown, without);
    const start = count(steps.slice(0, from), without) + (length === 0 ? 0 : 1);
    return length === 1 ? `${start}` : `${start},${length}`;
  };
  const lines = shown.map(({ sign, line }) =>
    line.endsWith('\n') ? sign + line : `${sign}${line}\n\\ No newline at end of file\n`,
  );
  return `@@ -${range('+')} +${range('-')} @@\n${lines.join('')}`;
}
