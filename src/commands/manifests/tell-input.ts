import { WORKLOAD_KINDS } from '../../domain/workload/workload.ts';
import type { Words } from '../words.ts';
import type { ReadCluster } from './cluster-of.ts';
import type { Input, Problem } from './manifest.ts';

/** Longer lines are cut around what is wrong in them, in characters. */
const EXCERPT = 100;
/** So many kinds are named. */
const MAXIMUM_KINDS = 12;

/** What is said where there is nothing to tell of. */
export const NOTHING_TO_READ = `There is no workload in what was read: no ${WORKLOAD_KINDS.join(', ')}`;

/** Says what of the input could not be read, and what was passed over. Returns the former. */
export function tellInput(input: Input, read: ReadCluster, words: Words): readonly Problem[] {
  const problems = [...input.problems, ...read.problems];
  for (const note of input.notes) words.warn(note);
  for (const each of problems) for (const line of problemLines(each)) words.tell(line);
  if (read.others.size > 0) words.say(`Not looked at: ${kindsInWords(read.others)}`);
  if (read.cluster.workloads.length > 0 || problems.length > 0) return problems;
  words.tell(NOTHING_TO_READ);
  return [{ file: '', message: NOTHING_TO_READ }];
}

/** `file:line:column: message`, and under it the line itself with a mark. */
export function problemLines({ file, line, column, message, excerpt }: Problem): string[] {
  const place = [file, line, column].filter((each) => each !== undefined).join(':');
  const told = [`${place}: ${message}`];
  if (excerpt === undefined || excerpt.trim() === '') return told;
  const at = (column ?? 1) - 1;
  const from = Math.max(0, Math.min(at - EXCERPT / 2, excerpt.length - EXCERPT));
  told.push(`    ${excerpt.slice(from, from + EXCERPT)}`);
  if (column !== undefined) told.push(`    ${' '.repeat(at - from)}^`);
  return told;
}

function kindsInWords(others: ReadonlyMap<string, number>): string {
  const named = [...others].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  const shown = named.slice(0, MAXIMUM_KINDS).map(([kind, count]) => `${count} ${kind}`);
  const more = named.length - shown.length;
  return shown.join(', ') + (more > 0 ? `, and ${more} kinds more` : '');
}
