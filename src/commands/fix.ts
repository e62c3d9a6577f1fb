import { visible } from '../domain/text/visible-text.ts';
import { entriesOf, fieldsOf } from '../kube/wire-fields.ts';
import { CommandError } from './command-error.ts';
import { countOf } from './count-of.ts';
import { editedFiles, writeEdited } from './fix/edited-files.ts';
import { fixPlan, portsInWords } from './fix/fix-plan.ts';
import {
  type MissingPorts,
  missingPorts,
  type UndecidedPort,
  undecidedPorts,
} from './fix/missing-ports.ts';
import { manifestYaml } from './format/manifest-yaml.ts';
import { unifiedDiff } from './format/unified-diff.ts';
import { STDIN } from './manifests/read-input.ts';
import { type ManifestFlags, readManifests } from './manifests/read-manifests.ts';
import { ofTemplate, templateIn } from './manifests/template-path.ts';
import type { Streams } from './streams.ts';
import { Words } from './words.ts';

/** The arguments of `portlock fix`, parsed. */
export interface FixFlags extends ManifestFlags {
  /** Shows what would be written, and writes nothing. */
  dryRun: boolean;
  /** Prints patches in place of writing into the files. */
  patch: boolean;
  quiet: boolean;
}

/**
 * Declares ports that something uses and no container declares, where it is known in which one.
 * @returns the exit code: 0 nothing is left to be done, 1 something is, 2 something could not be read
 * @throws CommandError: it could not even be tried, in one line
 */
export async function runFix(flags: FixFlags, streams: Streams): Promise<number> {
  if (flags.paths.includes(STDIN) && !flags.patch)
    throw new CommandError('what comes from stdin cannot be written to: use --patch');
  if (flags.build && !flags.patch)
    throw new CommandError('what is built cannot be written to: use --patch');
  const words = new Words({ isQuiet: flags.quiet }, streams);
  const { cluster, snapshots, problems } = await readManifests(flags, streams, words);
  const missing = missingPorts(cluster, snapshots);
  const undecided = undecidedPorts(cluster, snapshots);
  for (const each of undecided) words.tell(undecidedInWords(each));
  const isToDo = flags.patch
    ? await printPatches(missing, streams, words)
    : await edit({ missing, undecided }, flags, streams, words);
  if (problems.length > 0) return 2;
  return isToDo || undecided.length > 0 ? 1 : 0;
}

/** Returns whether something is left to be done. */
async function edit(
  { missing, undecided }: { missing: readonly MissingPorts[]; undecided: readonly UndecidedPort[] },
  { dryRun }: FixFlags,
  streams: Streams,
  words: Words,
): Promise<boolean> {
  const plan = fixPlan(missing);
  const files = editedFiles(plan);
  for (const each of files)
    if (dryRun) {
      const diff = unifiedDiff(each.file, each.before, each.after);
      await streams.stdout(diff.replaceAll(/[^\n]+/g, visible));
    } else writeEdited(each);
  for (const { missing: each, why } of plan.left) {
    const { file, line } = each.found.manifest;
    words.tell(`${file}:${line}: ${inWords(each)} by hand: ${why}`);
  }
  const done = missing.length - plan.left.length;
  const what = dryRun ? 'would be changed' : 'changed';
  words.say(
    `${countOf(done, 'container')} in ${countOf(files.length, 'file')} ${what}, ${plan.left.length + undecided.length} left`,
  );
  return plan.left.length > 0 || (dryRun && files.length > 0);
}

/** For charts and what is not to be written to: kustomize takes each of them under patches. */
async function printPatches(
  missing: readonly MissingPorts[],
  streams: Streams,
  words: Words,
): Promise<boolean> {
  for (const [, each] of Map.groupBy(missing, ({ found }) => found))
    await streams.stdout(`---\n${patchOf(each)}`);
  for (const each of missing) words.say(inWords(each));
  return missing.length > 0;
}

function patchOf(containers: readonly MissingPorts[]): string {
  const [first] = containers;
  if (first === undefined) return '';
  const { value, hasNamespace, manifest } = first.found;
  const { initContainers } = fieldsOf(fieldsOf(templateIn(manifest.wire, value.kind)).spec);
  const sidecars = entriesOf(initContainers).map((each) => fieldsOf(each).name);
  const [inner, outer] = [true, false].map((isSidecar) =>
    containers.filter(({ container }) => sidecars.includes(container) === isSidecar),
  );
  return manifestYaml({
    apiVersion: value.apiVersion,
    kind: value.kind,
    metadata: { name: value.name, ...(hasNamespace && { namespace: value.namespace }) },
    ...ofTemplate(value.kind, {
      spec: { containers: declaringIn(outer), initContainers: declaringIn(inner) },
    }),
  });
}

/** Undefined where there are none: an empty list would take all away. */
function declaringIn(containers: readonly MissingPorts[] = []): object | undefined {
  if (containers.length === 0) return undefined;
  return containers.map(({ container, ports }) => ({
    name: container,
    ports: ports.map(({ port, protocol }) => ({ containerPort: port, protocol })),
  }));
}

function undecidedInWords({ found: { value, manifest }, port, containers }: UndecidedPort): string {
  const subject = `${manifest.file}:${manifest.line}: ${value.kind} ${value.namespace}/${value.name}`;
  return `${subject}: declare ${portsInWords([port])} by hand, in the one of its containers that listens: ${containers.join(', ')}`;
}

function inWords({ found: { value }, container, ports }: MissingPorts): string {
  return `${value.kind} ${value.namespace}/${value.name}: declare ${portsInWords(ports)} in container ${container}`;
}
