import { sameJson } from '../../domain/text/same-json.ts';
import type { Change } from '../../kube/store.ts';
import type { Lookups } from '../lookups.ts';
import type { WorkloadKey } from '../workload-key.ts';

/** The workloads that a change concerns. */
export interface Concerned {
  /** To be looked at now. */
  keys: readonly WorkloadKey[];
  /** Those of these namespaces, or all, are looked at once it is known what else changes there. */
  gathered: Namespaces;
}

/** Names of namespaces, or all of the cluster. */
export type Namespaces = readonly string[] | 'all';

/** Whom a change concerns. Workloads that have not opted in are nobody's business. */
export type Concern<T> = (change: Change<T>, caches: Lookups) => Concerned;

const NOBODY: Concerned = { keys: [], gathered: [] };

/** A change that concerns no workload. */
export function nobody(): Concerned {
  return NOBODY;
}

/** These workloads, at once. */
export function atOnce(keys: Iterable<WorkloadKey>): Concerned {
  return { keys: [...keys], gathered: [] };
}

/** Whom the object concerns and whom it concerned, unless nothing of it changed: most events are about a status. */
export function whenChanged<T>(
  keysOf: (value: T, caches: Lookups) => Iterable<WorkloadKey>,
): Concern<T> {
  return (change, caches) => (isSame(change) ? NOBODY : concernedBy(change, keysOf, caches));
}

/**
 * The same of what we write ourselves. Between what was cached and what a list shows we may have written, and
 * somebody put it back to what it was.
 */
export function whenWritten<T>(
  keysOf: (value: T, caches: Lookups) => Iterable<WorkloadKey>,
): Concern<T> {
  return (change, caches) =>
    change.source === 'watch'
      ? whenChanged(keysOf)(change, caches)
      : concernedBy(change, keysOf, caches);
}

/** The workloads of those namespaces that the object refers to or referred to, gathered. */
export function whenGathered<T>(namespacesOf: (value: T) => Namespaces): Concern<T> {
  return (change) => {
    if (isSame(change)) return NOBODY;
    const each = valuesOf(change).map(namespacesOf);
    const named = each.flatMap((namespaces) => (namespaces === 'all' ? [] : namespaces));
    return { keys: [], gathered: each.includes('all') ? 'all' : named };
  };
}

function concernedBy<T>(
  change: Change<T>,
  keysOf: (value: T, caches: Lookups) => Iterable<WorkloadKey>,
  caches: Lookups,
): Concerned {
  return atOnce(valuesOf(change).flatMap((value) => [...keysOf(value, caches)]));
}

/** What the object was and what it is, as far as it was and is there. */
function valuesOf<T>({ previous, current }: Change<T>): T[] {
  return [previous, current].filter((value) => value !== undefined);
}

/** Whether two projections differ in nothing but the version: every write has a new one. */
function isSame({ previous, current }: Change<unknown>): boolean {
  if (previous === undefined || current === undefined) return false;
  return sameJson(withoutVersion(previous), withoutVersion(current));
}

function withoutVersion(value: unknown): unknown {
  const { metadata, ...fields } = value as { metadata?: { resourceVersion?: string } };
  if (metadata?.resourceVersion === undefined) return value;
  const { resourceVersion: _, ...rest } = metadata;
  return { ...fields, metadata: rest };
}
