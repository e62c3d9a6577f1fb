import type { Resource } from '../../kube/resource.ts';
import type { OnMalformed } from '../../kube/shape.ts';
import type { StoreOptions } from '../../kube/store.ts';
import type { Concern } from './concern.ts';

/** What a role grants on a resource. */
export type Verb = 'get' | 'list' | 'watch' | 'create' | 'patch' | 'update' | 'delete';

/** A row of the table: a kind that the operator watches, and all that follows from watching it. */
export interface WatchedKind<T, Index extends string = never> {
  resource: Resource;
  /** What the cache keeps of an object, as of a reflector. */
  project: (wire: object, onMalformed: OnMalformed) => T;
  /** For every index of the cache, the values under which an object is found. */
  indices?: StoreOptions<T, Index>['indices'];
  /** The index under one value of which objects are much the same. */
  alike?: NoInfer<Index>;
  /** Whose workloads are looked at again after a change. */
  concerns: Concern<T>;
  /** What the operator's role grants on it: what is not asked for is not granted. */
  verbs: readonly Verb[];
  followed: Followed;
}

/**
 * How the cache is kept like the cluster.
 * - `always`: the API server has the kind, and where it does not answer for it the operator is not ready;
 * - `whereServed`: the operator works without it, too;
 * - `whileDefined`: for as long as a CustomResourceDefinition brings the kind;
 * - `whileServed`: the same, and for as long as an APIService brings its version from elsewhere;
 * - `inOwnNamespace`: always, and only what is in the operator's own namespace;
 * - `byOperator`: by the operator class itself, through what its base class offers.
 */
export type Followed =
  | 'always'
  | 'whereServed'
  | 'whileDefined'
  | 'whileServed'
  | 'inOwnNamespace'
  | 'byOperator';

/** A row as it is; its types are those of the projection and the indices. */
export function watched<T, Index extends string = never>(
  kind: WatchedKind<T, Index>,
): WatchedKind<T, Index> {
  return kind;
}
