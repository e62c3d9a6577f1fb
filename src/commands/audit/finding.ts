import type { Found } from '../manifests/cluster.ts';
import { lineOf } from '../manifests/locate.ts';
import { type PathSegment, type Place, placeInWords } from '../manifests/manifest.ts';
import { templatePath } from '../manifests/template-path.ts';
import { CHECKS, type CheckId } from './checks.ts';
import { findingInWords } from './in-words.ts';
import type { Patch } from './patch.ts';

/** What was found of a workload. */
export interface Finding extends Place {
  id: CheckId;
  /** `Kind namespace/name`. */
  about: string;
  /** Sentences, the last one without a full stop. */
  message: string;
  /** What mends it, in a sentence. */
  fix: string;
  /** The same as part of the workload; undefined where a person has to choose. */
  patch: Patch | undefined;
}

/** Of larger documents a place is no closer than the object: each is read once more for it. */
const MAXIMUM_SEARCHED = 1_000_000;

/**
 * @param path where in the object; that of a CronJob as if its template stood where others have theirs
 * @param mending what mends it, where that is known better than the check says
 */
export function findingAt(
  { value, manifest }: Found<{ kind: string; namespace: string; name: string }>,
  id: CheckId,
  message: string,
  path: readonly PathSegment[] = [],
  mending: Partial<Pick<Finding, 'fix' | 'patch'>> = {},
): Finding {
  const { document, file, line } = manifest;
  const isSearched = file !== '' && path.length > 0 && document.text.length <= MAXIMUM_SEARCHED;
  return {
    id,
    file,
    line: isSearched ? lineOf(document, [...manifest.path, ...ofKind(value.kind, path)]) : line,
    about: `${value.kind} ${value.namespace}/${value.name}`,
    message,
    fix: CHECKS[id].fix,
    patch: undefined,
    ...mending,
  };
}

function ofKind(kind: string, path: readonly PathSegment[]): readonly PathSegment[] {
  const [first, second, ...rest] = path;
  const isOfTemplate = first === 'spec' && second === 'template';
  return isOfTemplate ? [...templatePath(kind), ...rest] : path;
}

/** `file:line: PL003 UndeclaredInUse: Deployment shop/web: message`; without a place of what a cluster has. */
export function findingLine({ id, about, message, ...place }: Finding): string {
  return findingInWords({ at: placeInWords(place), id, name: CHECKS[id].name, about, message });
}
