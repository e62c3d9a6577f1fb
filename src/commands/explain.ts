import type { Workload } from '../domain/workload/workload.ts';
import { CommandError } from './command-error.ts';
import { type Explanation, explain } from './explain/explanation.ts';
import { type NamedObject, namedObject } from './explain/named-object.ts';
import { namespaceOfSource, sourceOf } from './explain/source.ts';
import { type AskedPort, portOf, subjectOf } from './explain/subject.ts';
import { withPolicies } from './explain/with-policies.ts';
import { explainDocument } from './format/explain-document.ts';
import { explainText } from './format/explain-text.ts';
import { jsonText, yamlText } from './format/structured.ts';
import type { ReadManifests } from './manifests/read-manifests.ts';
import { type SourceFlags, withSource } from './manifests/read-source.ts';
import type { Streams } from './streams.ts';
import { Words } from './words.ts';

/** The arguments of `portlock explain`, parsed. */
export interface ExplainFlags extends SourceFlags {
  workload: string;
  /** Each declared one where undefined. */
  port: string | undefined;
  from: string | undefined;
  /** Files with policies that count as if they were there. */
  with: readonly string[];
  output: 'table' | 'json' | 'yaml';
}

/**
 * Tells why ports of a workload are open or closed.
 * @returns the exit code: 0 it was told, 2 it cannot be told, or something could not be read
 * @throws CommandError: it could not even be tried, in one line
 */
export async function runExplain(
  flags: ExplainFlags,
  streams: Streams,
  signal: AbortSignal,
): Promise<number> {
  const words = new Words({ isQuiet: flags.quiet }, streams);
  // Who reads manifests is told of a bad name before all of them are read.
  if (flags.paths.length > 0) subjectNamed(flags, flags.namespace);
  return withSource(
    flags,
    { streams, words, signal },
    ({ namespace }) => ({ namespaces: namespacesOf(flags, namespace), concerns: CONCERNS }),
    async (read) => {
      const named = subjectNamed(flags, read.access?.namespace ?? flags.namespace);
      const supposed = await withPolicies(read, flags.with, {
        namespace: named.namespace,
        stdin: streams.stdin,
        words,
      });
      return tell(supposed, named, flags, streams);
    },
  );
}

/**
 * What the name of the workload says, which may leave out the namespace as kubectl has it.
 * @param namespace that of -n, or of the context; undefined where manifests are read, and nobody said one
 * @throws CommandError
 */
function subjectNamed({ workload }: ExplainFlags, namespace: string | undefined): NamedObject {
  const named = namedObject(workload, namespace);
  if (named !== undefined) return named;
  throw new CommandError(
    `say NAMESPACE/NAME of a workload, or NAME or TYPE/NAME with -n, not ${JSON.stringify(workload)}`,
  );
}

/** Who uses a port makes no difference to whether it is open. */
const CONCERNS = ['workloads', 'policies', 'namespaces', 'pods'] as const;

/** That of the workload, and that of who connects. */
function namespacesOf(flags: ExplainFlags, ofContext: string): string[] {
  const { namespace } = subjectNamed(flags, ofContext);
  const source = flags.from === undefined ? undefined : namespaceOfSource(flags.from, namespace);
  // An address such as 10.0.0.0/24 names none.
  return [...new Set([namespace, source ?? namespace])].filter((name) => DNS_LABEL.test(name));
}

const DNS_LABEL = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;

async function tell(
  { cluster, snapshots, problems }: ReadManifests,
  named: NamedObject,
  flags: ExplainFlags,
  streams: Streams,
): Promise<number> {
  const found = subjectOf(named, cluster.workloads);
  const source = sourceOf(flags.from, named.namespace, cluster, snapshots);
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
