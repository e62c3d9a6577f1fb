import { LEADER_TIMING } from './leader.ts';
import { type Lease, LONGEST_LEASE } from './lease.ts';
import { assertShape } from './shape.ts';
import { LEASE } from './shapes.ts';
import type { ChangeListener } from './store.ts';

/** What is kept of a replica's Lease. */
export interface MemberLease {
  name: string;
  holder: string;
  /** In seconds, at most LONGEST_LEASE. */
  duration: number;
  /** Another text with each renewal. */
  renewal: string;
}

/** Names of the Leases by which replicas show that they live: this, and the name of the pod. */
export const MEMBER_PREFIX = 'portlock-replica-';

/**
 * Projects a Lease.
 *
 * @throws MalformedObjectError
 */
export function projectMemberLease(wire: object): MemberLease {
  assertShape(LEASE, wire);
  const { metadata, spec } = wire as Lease;
  return {
    name: metadata.name,
    holder: spec?.holderIdentity ?? '',
    duration: Math.min(spec?.leaseDurationSeconds ?? LEADER_TIMING.leaseDuration, LONGEST_LEASE),
    renewal: metadata.resourceVersion ?? '',
  };
}

/**
 * The replicas that live: those whose Leases are held and were seen to change within their own duration,
 * measured by this process's monotonic clock. Neither the wall clock nor the timestamps in the Leases
 * decide anything.
 */
export class Members {
  readonly #seen = new Map<string, { lease: MemberLease; changedAt: number }>();

  /** Listens to a store of Leases. */
  readonly onChange: ChangeListener<MemberLease> = ({ previous, current }) => {
    const name = (current ?? previous)?.name ?? '';
    if (!name.startsWith(MEMBER_PREFIX)) return;
    if (current === undefined) this.#seen.delete(name);
    else this.#seen.set(name, { lease: current, changedAt: performance.now() });
  };

  /** Names of the pods of the replicas that live, sorted. */
  get names(): string[] {
    const now = performance.now();
    return [...this.#seen.values()]
      .filter(({ lease }) => lease.holder !== '')
      .filter(({ lease, changedAt }) => now - changedAt < lease.duration * 1000)
      .map(({ lease }) => lease.name.slice(MEMBER_PREFIX.length))
      .sort();
  }
}
