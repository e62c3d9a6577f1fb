import path from 'node:path';
import { counts } from './audit/checks.ts';
import { findingLine } from './audit/finding.ts';
import { CommandError } from './command-error.ts';
import { countOf, countOfFindings } from './count-of.ts';
import { manifestYaml } from './format/manifest-yaml.ts';
import type { Manifest } from './manifests/manifest.ts';
import { type ManifestFlags, readManifests } from './manifests/read-manifests.ts';
import type { Snapshots } from './manifests/snapshots.ts';
import { comparedWithFolder, comparedWithManifests, type Deviation } from './render/committed.ts';
import {
  isRendered,
  readPolicyFiles,
  removePolicyFiles,
  writePolicyFiles,
} from './render/policy-files.ts';
import {
  NOT_OPTED_IN,
  NOTHING_TO_ALLOW,
  type Rendered,
  type Rendering,
  renderAll,
} from './render/rendering.ts';
import type { Streams } from './streams.ts';
import { Words } from './words.ts';

/** The arguments of `portlock render`, parsed. */
export interface RenderFlags extends ManifestFlags {
  all: boolean;
  outDir: string | undefined;
  check: boolean;
  quiet: boolean;
}

/**
 * Renders the policies of manifests, or holds what is committed against them.
 * @returns the exit code: 0 clean, 1 findings, 2 something could not be read
 * @throws CommandError: it could not even be tried, in one line
 */
export async function runRender(flags: RenderFlags, streams: Streams): Promise<number> {
  const words = new Words({ isQuiet: flags.quiet }, streams);
  const isInput = isNoOutput(flags.outDir);
  const { cluster, snapshots, problems } = await readManifests(flags, streams, words, isInput);
  const rendering = renderAll(cluster, snapshots, flags.all ? 'all' : 'optedIn');
  for (const each of rendering.findings) words.tell(findingLine(each));
  if (flags.outDir === undefined && !flags.check) await streams.stdout(policiesText(rendering));
  const deviations = await compared(rendering, snapshots, flags, problems.length > 0);
  for (const each of deviations) words.tell(each);
  if (rendering.workloads.length > 0) words.say(summary(rendering, deviations, flags));
  if (problems.length > 0) return 2;
  const isFound =
    rendering.findings.some(({ id }) => counts(id)) ||
    rendering.workloads.some((each) => each.kind === 'held' && each.why !== NOTHING_TO_ALLOW);
  return deviations.length > 0 || isFound ? 1 : 0;
}

/** What was rendered into a folder before is no input; what others wrote there is. */
function isNoOutput(folder: string | undefined): (manifest: Manifest) => boolean {
  if (folder === undefined) return () => true;
  const inside = path.resolve(folder) + path.sep;
  return ({ file, document }) =>
    !isRendered(document.text) || !path.resolve(file).startsWith(inside);
}

/** In what the committed policies deviate; those of a folder are put right unless that is only asked. */
async function compared(
  { workloads }: Rendering,
  snapshots: Snapshots,
  { outDir, check }: RenderFlags,
  hasProblems: boolean,
): Promise<readonly Deviation[]> {
  if (outDir === undefined) return check ? comparedWithManifests(workloads, snapshots) : [];
  const before = await readPolicyFiles(outDir).catch((error: NodeJS.ErrnoException) => {
    const isFile = error.code === 'ENOTDIR';
    throw isFile ? new CommandError(`--out-dir ${outDir} is no folder`, { cause: error }) : error;
  });
  const plan = comparedWithFolder(workloads, outDir, before);
  // Whose policy it is may stand in what could not be read.
  const isAllRead = !hasProblems;
  if (check) return isAllRead ? [...plan.deviations, ...plan.leftovers] : plan.deviations;
  const [foreign] = plan.foreign;
  if (foreign !== undefined)
    throw new CommandError(
      `${outDir}/${foreign} was not rendered by portlock; move it, or choose another --out-dir`,
    );
  await writePolicyFiles(outDir, plan.files, before);
  if (isAllRead) await removePolicyFiles(outDir, plan.stale);
  return [];
}

function policiesText({ workloads }: Rendering): string {
  return workloads
    .flatMap((each) => (each.kind === 'policy' ? [`---\n${manifestYaml(each.policy)}`] : []))
    .join('');
}

function summary(
  { workloads, findings }: Rendering,
  deviations: readonly Deviation[],
  { all, check }: RenderFlags,
): string {
  const found = findings.filter(({ id }) => counts(id)).length;
  const of = (kind: string) => workloads.filter((each) => each.kind === kind).length;
  const isOut = (each: Rendered) => each.kind === 'none' && each.why === NOT_OPTED_IN;
  const hint =
    workloads.every(isOut) && !all
      ? '; a workload opts in by the label portlock.dev/mode, and --all takes them all'
      : '';
  const parts = [
    `${countOf(workloads.length, 'workload')}: ${countOf(of('policy'), 'policy', 'policies')}, ${of('held')} held`,
    countOfFindings(found, findings.length - found),
    ...(check ? [`${countOf(deviations.length, 'difference')} to what is committed`] : []),
  ];
  return parts.join(', ') + hint;
}
