import type { ApiService, ConvertedDefinition } from '../../domain/preflight/usage.ts';
import { type ChangeSource, Store } from '../../kube/store.ts';
import { StorePart } from '../../kube/store-part.ts';
import type { Lookups } from '../lookups.ts';
import type { Reflectors } from '../reflectors.ts';
import type { Concerned } from './concern.ts';
import type { WatchedKind } from './watched-kind.ts';

/** What the caches need to be kept like the cluster. */
export interface Following {
  reflectors: Reflectors;
  /** The definitions that bring kinds. */
  definitions: Pick<Store<ConvertedDefinition>, 'addListener'>;
  /** The API servers beside the cluster's own that bring kinds. */
  apiServices: Pick<Store<ApiService>, 'addListener'>;
  ownNamespace: string;
  /** The namespaces that are followed, each by itself; undefined where the whole cluster is. */
  namespaces: readonly string[] | undefined;
  /** Called when the API server answers again for a kind without which the operator works, too. */
  onServed: () => void;
  signal: AbortSignal;
}

/** A cache of whatever kind. */
export interface AnyKindCache {
  readonly kind: Pick<WatchedKind<unknown>, 'resource' | 'verbs' | 'followed'>;
  /** Keeps it like the cluster until the signal is aborted. */
  follow: (following: Following) => void;
  /** Tells whom each change concerns, until the returned function is called. */
  onConcern: (caches: Lookups, tell: TellConcerned) => () => void;
}

export type TellConcerned = (concerned: Concerned, source: ChangeSource) => void;

/** The cache of a watched kind, which knows its row of the table. */
export class KindCache<T, Index extends string = never>
  extends Store<T, Index>
  implements AnyKindCache
{
  readonly kind: WatchedKind<T, Index>;

  constructor(kind: WatchedKind<T, Index>, onDefect: (error: unknown) => void) {
    const { indices, alike } = kind;
    super({ onDefect, ...(indices && { indices }), ...(alike && { alike }) });
    this.kind = kind;
  }

  follow({ reflectors, definitions, apiServices, onServed, signal, ...where }: Following): void {
    for (const what of this.#parts(where)) {
      switch (this.kind.followed) {
        case 'always':
        case 'inOwnNamespace':
          reflectors.follow(what, signal);
          break;
        case 'whereServed':
          reflectors.follow({ ...what, absence: 'normal', onRecovered: onServed }, signal);
          break;
        case 'whileDefined':
          reflectors.followWhileDefined(what, definitions, signal);
          break;
        case 'whileServed':
          reflectors.followWhileServed(what, { definitions, apiServices }, signal);
          break;
        case 'byOperator':
          break;
      }
    }
  }

  /** What is followed by a reflector each; nothing of a kind without namespaces where only some of them are followed. */
  #parts({ ownNamespace, namespaces }: Pick<Following, 'ownNamespace' | 'namespaces'>) {
    const { resource, project, followed } = this.kind;
    const own = followed === 'inOwnNamespace' ? [ownNamespace] : namespaces;
    if (own === undefined) return [{ resource, project, store: this }];
    return (resource.namespaced ? own : []).map((namespace) => ({
      resource,
      project,
      store: new StorePart(this, namespace),
      selection: { namespace },
    }));
  }

  onConcern(caches: Lookups, tell: TellConcerned): () => void {
    return this.addListener((change) => tell(this.kind.concerns(change, caches), change.source));
  }
}

/** A cache for each row, under the row's name; those of a section are together. */
export type CachesOf<Table> = {
  readonly [Name in keyof Table]: Table[Name] extends WatchedKind<infer T, infer Index>
    ? KindCache<T, Index>
    : CachesOf<Table[Name]>;
};

/** Makes an empty cache for each row of a table. */
export function cachesOf<Table extends object>(
  table: Table,
  onDefect: (error: unknown) => void,
): CachesOf<Table> {
  const caches = Object.entries(table).map(([name, each]: [string, object]) => [
    name,
    isKind(each) ? new KindCache(each, onDefect) : cachesOf(each, onDefect),
  ]);
  return Object.fromEntries(caches);
}

/** A row, and not a section of them. */
function isKind(each: object): each is WatchedKind<unknown, string> {
  return 'resource' in each;
}
