import { projectPolicy } from '../../kube/projections.ts';
import { fieldsOf } from '../../kube/wire-fields.ts';
import { parseDocument } from '../manifests/parse-document.ts';
import type { Snapshots } from '../manifests/snapshots.ts';
import { policyDifference } from './policy-difference.ts';
import { fileName, fileText, isRendered } from './policy-files.ts';
import type { Rendered } from './rendering.ts';

/** One thing in which what is committed is not what would be rendered: a line that names the file. */
export type Deviation = string;

/** Compares what is rendered with the policies of the same names among the manifests. */
export function comparedWithManifests(
  workloads: readonly Rendered[],
  snapshots: Snapshots,
): Deviation[] {
  return workloads.flatMap((rendered): Deviation[] => {
    const { value, manifest } = rendered.found;
    const committed = snapshots.committed(value);
    const about = `${value.kind} ${value.namespace}/${value.name}`;
    const at = committed && `${committed.manifest.file}:${committed.manifest.line}`;
    if (rendered.kind === 'none')
      return committed
        ? [`${at}: ${about} is to have no policy (${rendered.why}); remove this one`]
        : [];
    if (rendered.kind === 'held') return [];
    const { name } = rendered.policy.metadata;
    if (!committed) return [`${manifest.file}:${manifest.line}: ${about} lacks its policy ${name}`];
    const difference = policyDifference(committed.value.spec, rendered.policy.spec);
    return difference ? [`${at}: ${name} of ${about} is not as rendered: it ${difference}`] : [];
  });
}

/** What to do to a folder for it to hold what is rendered. */
export interface FolderPlan {
  /** What is to be written, by name. */
  files: ReadonlyMap<string, string>;
  /** What was rendered for workloads that have no policy any more. */
  stale: readonly string[];
  /** Names of files that are to be written and were not rendered by portlock. */
  foreign: readonly string[];
  /** In what the files deviate that are to be written. */
  deviations: readonly Deviation[];
  /** That there are files of no workload. */
  leftovers: readonly Deviation[];
}

/**
 * Compares what is rendered with the files of a folder.
 *
 * @param before the files of the folder, by name
 */
export function comparedWithFolder(
  workloads: readonly Rendered[],
  folder: string,
  before: ReadonlyMap<string, string>,
): FolderPlan {
  const files = new Map<string, string>();
  const kept = new Set<string>();
  for (const rendered of workloads) {
    const name = fileName(rendered.found);
    if (rendered.kind === 'policy') files.set(name, fileText(rendered.policy));
    else if (rendered.kind === 'held') kept.add(name);
  }
  const stale = [...before]
    .filter(([name, text]) => isRendered(text) && !files.has(name) && !kept.has(name))
    .map(([name]) => name)
    .sort();
  const foreign = [...files.keys()].filter((name) => {
    const text = before.get(name);
    return text !== undefined && !isRendered(text);
  });
  const deviations = [...files].flatMap(([name, text]) => {
    const is = before.get(name);
    if (is === text) return [];
    const how = is === undefined ? 'is missing' : `is not as rendered: it ${difference(is, text)}`;
    return [`${folder}/${name}: ${how}`];
  });
  const leftovers = stale.map((name) => `${folder}/${name}: no workload has this policy any more`);
  return { files, stale, foreign, deviations, leftovers };
}

function difference(is: string, should: string): string {
  const [committed, wanted] = [specOf(is), specOf(should)];
  if (committed === undefined || wanted === undefined) return 'cannot be read';
  return policyDifference(committed, wanted) ?? 'is written in another way';
}

function specOf(text: string) {
  try {
    const [object] = parseDocument({ file: '', line: 1, text });
    return projectPolicy(fieldsOf(object)).spec;
  } catch {
    return undefined;
  }
}
