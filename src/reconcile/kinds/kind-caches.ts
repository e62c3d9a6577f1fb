import { type AnyKindCache, type CachesOf, KindCache } from './kind-cache.ts';
import { WATCHED_KINDS } from './watched-kinds.ts';

/** A cache for every watched kind, as the table has them. */
export type KindCaches = CachesOf<typeof WATCHED_KINDS>;

/** Every cache of the table. */
export function everyCache(caches: KindCaches): AnyKindCache[] {
  const names = Object.keys(WATCHED_KINDS) as (keyof KindCaches)[];
  return names.flatMap((name) => {
    const each = caches[name];
    return each instanceof KindCache ? [each] : Object.values(each);
  });
}
