import type { Workload } from '../domain/workload/workload.ts';
import { CommandError } from './command-error.ts';
import { type Explanation, explain } from './explain/explanation.ts';
import { sourceOf } from './explain/source.ts';
import { type AskedPort, portOf, subjectOf } from './explain/subject.ts';
import { explainDocument } from './format/explain-document.ts';
import { explainText } from './format/explain-text.ts';
import { jsonText, yamlText } from './format/structured.ts';
import { type ManifestFlags, readManifests } from './manifests/read-manifests.ts';
import type { Streams } from './streams.ts';
import { Words } from './words.ts';

/** The arguments of `portlock explain`, parsed. */
export interface ExplainFlags extends ManifestFlags {
  workload: string;
  /** Each declared one where undefined. */
  port: string | undefined;
  from: string | undefined;
  output: 'table' | 'json' | 'yaml';
  quiet: boolean;
}

/**
 * Tells why ports of a workload are open or closed.
 * @returns the exit code: 0 it was told, 2 it cannot be told, or something could not be read
 * @throws CommandError: it could not even be tried, in one line
 */
export async function runExplain(flags: ExplainFlags, streams: Streams): Promise<number> {
  const words = new Words({ isQuiet: flags.quiet }, streams);
  const { cluster, snapshots, problems } = await readManifests(flags, streams, words);
  const found = subjectOf(flags.workload, cluster.workloads);
  const source = sourceOf(flags.from, cluster, snapshots);
  const [first, ...rest] = portsOf(flags, found.value).map((port) =>
    explain(found, port, source, snapshots),
  );
  if (first === undefined)
    throw new CommandError('no container declares a port: name the one that is meant');
  await streams.stdout(formatted([first, ...rest], flags));
  const isUnknown = [first, ...rest].some(({ verdict }) => verdict === 'Unknown');
  return problems.length > 0 || isUnknown ? 2 : 0;
}

function portsOf({ port }: ExplainFlags, workload: Workload): readonly AskedPort[] {
  return port === undefined ? workload.template.ports : [portOf(port, workload)];
}

function formatted(
  explanations: [Explanation, ...Explanation[]],
  { output }: ExplainFlags,
): string {
  switch (output) {
    case 'json':
      return jsonText(explainDocument(explanations));
    case 'yaml':
      return yamlText(explainDocument(explanations));
    default:
      return explanations.map(explainText).join('\n');
  }
}
