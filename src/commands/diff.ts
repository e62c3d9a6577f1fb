import { countOf } from './count-of.ts';
import { type Difference, differenceOf } from './diff/differences.ts';
import { diffDocument } from './format/diff-document.ts';
import { diffText } from './format/diff-text.ts';
import { diffUnified } from './format/diff-unified.ts';
import { jsonText, yamlText } from './format/structured.ts';
import type { ReadManifests } from './manifests/read-manifests.ts';
import { type ThereFlags, withThere } from './manifests/read-there.ts';
import { renderAll } from './render/rendering.ts';
import type { Streams } from './streams.ts';
import { Words } from './words.ts';

/** The arguments of `portlock diff`, parsed. */
export interface DiffFlags extends ThereFlags {
  all: boolean;
  output: 'table' | 'unified' | 'json' | 'yaml';
}

/**
 * Tells who may connect once what is rendered is applied, and could not before, or the other way.
 * @returns the exit code: 0 nothing changes, 1 something does, 2 something could not be read or told
 * @throws CommandError: it could not even be tried, in one line
 */
export async function runDiff(
  flags: DiffFlags,
  streams: Streams,
  signal: AbortSignal,
): Promise<number> {
  const words = new Words({ isQuiet: flags.quiet }, streams);
  return withThere(flags, { streams, words, signal }, (read) => diff(read, flags, streams, words));
}

async function diff(
  { cluster, snapshots, problems }: ReadManifests,
  flags: DiffFlags,
  streams: Streams,
  words: Words,
): Promise<number> {
  const { workloads } = renderAll(cluster, snapshots, flags.all ? 'all' : 'optedIn');
  const all = workloads.map((each) => differenceOf(each, snapshots));
  const changed = all.filter(({ policy }) => policy !== 'same');
  await streams.stdout(formatted(changed, flags));
  const held = workloads.filter(({ kind }) => kind === 'held').length;
  const andHeld = held > 0 ? `, ${held} held: portlock audit tells why` : '';
  if (all.length > 0)
    words.say(`${countOf(all.length, 'workload')}, ${changed.length} of them change${andHeld}`);
  const isUnknown = changed.some(({ changes }) => changes === undefined);
  if (problems.length > 0 || isUnknown) return 2;
  return changed.length > 0 ? 1 : 0;
}

function formatted(differences: readonly Difference[], { output }: DiffFlags): string {
  switch (output) {
    case 'json':
      return jsonText(diffDocument(differences));
    case 'yaml':
      return yamlText(diffDocument(differences));
    case 'unified':
      return diffUnified(differences);
    default:
      return diffText(differences);
  }
}
