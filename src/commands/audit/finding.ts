import type { Found } from '../manifests/cluster.ts';
import { lineOf } from '../manifests/locate.ts';
import type { PathSegment, Place } from '../manifests/manifest.ts';
import { CHECKS, type CheckId } from './checks.ts';
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
 * @param path where in the object
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
  const isSearched = path.length > 0 && document.text.length <= MAXIMUM_SEARCHED;
  return {
    id,
    file,
    line: isSearched ? lineOf(document, [...manifest.path, ...path]) : line,
    about: `${value.kind} ${value.namespace}/${value.name}`,
    message,
    fix: CHECKS[id].fix,
    patch: undefined,
    ...mending,
  };
}

/** `file:line: PL003 UndeclaredInUse: Deployment shop/web: message`. */
export function findingLine({ file, line, id, about, message }: Finding): string {
  return `${file}:${line}: ${id} ${CHECKS[id].name}: ${about}: ${message}`;
}
