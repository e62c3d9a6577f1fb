import { type ModeDefaults, NO_DEFAULTS } from '../domain/workload/mode.ts';
import { cachesOf } from './kinds/kind-cache.ts';
import type { KindCaches } from './kinds/kind-caches.ts';
import { WATCHED_KINDS } from './kinds/watched-kinds.ts';
import { Lookups } from './lookups.ts';

/** What the operator knows of the cluster: a cache for each watched kind, and what is looked up in several of them. */
export type Caches = KindCaches & Lookups;

/**
 * Makes empty caches.
 *
 * @param onDefect called with what a listener throws
 * @param modeDefaults what counts where nobody set the label
 */
export function createCaches(
  onDefect: (error: unknown) => void,
  modeDefaults: ModeDefaults = NO_DEFAULTS,
): Caches {
  const caches = cachesOf(WATCHED_KINDS, onDefect);
  return Object.assign(new Lookups(caches, modeDefaults), caches);
}
