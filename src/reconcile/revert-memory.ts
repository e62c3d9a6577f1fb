import type { NetworkPolicy } from '../api/kubernetes.ts';
import { FIELD_MANAGER } from '../api/names.ts';
import type { Contest } from '../domain/snapshot.ts';
import type { WorkloadKey } from './workload-key.ts';

/** So many changes within the window are a fight: one or two are somebody's mistake. */
const CONTESTED = 5;
const WINDOW_MILLISECONDS = 600_000;
/** Whoever edits chooses the manager's name: another one each time must neither be kept nor make other words. */
const MAXIMUM_NAMED = 16;

interface Reverts {
  /** When the latest were, at most as many as make a fight, in ms since the epoch. */
  times: readonly number[];
  /** Since when it is a fight. */
  since: number | undefined;
  by: ReadonlySet<string>;
}

/** Remembers how often a policy was put back, and who had changed it. */
export class RevertMemory {
  readonly #reverts = new Map<WorkloadKey, Reverts>();

  /**
   * A policy was put back.
   *
   * @param changed as it was found; undefined where it was deleted
   * @returns whether a fight begins with that
   */
  note(key: WorkloadKey, changed: NetworkPolicy | undefined, now: number): boolean {
    const before = this.#current(key, now);
    const times = [...(before?.times ?? []), now]
      .filter((time) => now - time < WINDOW_MILLISECONDS)
      .slice(-CONTESTED);
    const isFight = before?.since !== undefined || times.length === CONTESTED;
    const since = isFight ? (before?.since ?? times[0]) : undefined;
    const by = new Set([...(before?.by ?? []), ...otherManagers(changed)]);
    this.#reverts.set(key, { times, since, by: new Set([...by].slice(0, MAXIMUM_NAMED)) });
    return since !== undefined && before?.since === undefined;
  }

  /** The fight about a policy, while one goes on. */
  contest(key: WorkloadKey, now: number): Contest | undefined {
    const { since, by = new Set<string>() } = this.#current(key, now) ?? {};
    return since === undefined ? undefined : { since, by: [...by].sort() };
  }

  /** In how many milliseconds the fight is over unless it goes on; undefined where there is none. */
  endsIn(key: WorkloadKey, now: number): number | undefined {
    const { since, times = [] } = this.#current(key, now) ?? {};
    return since === undefined ? undefined : (times.at(-1) ?? 0) + WINDOW_MILLISECONDS - now;
  }

  forget(key: WorkloadKey): void {
    this.#reverts.delete(key);
  }

  clear(): void {
    this.#reverts.clear();
  }

  #current(key: WorkloadKey, now: number): Reverts | undefined {
    const reverts = this.#reverts.get(key);
    const isOver = reverts && now - (reverts.times.at(-1) ?? 0) >= WINDOW_MILLISECONDS;
    return isOver ? undefined : reverts;
  }
}

function otherManagers(policy: NetworkPolicy | undefined): string[] {
  return (policy?.metadata.managedFields ?? []).flatMap(({ manager = '' }) =>
    manager === FIELD_MANAGER || manager === '' ? [] : [manager],
  );
}
