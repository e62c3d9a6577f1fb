import type { PodReading } from '../domain/probing/evidence.ts';

/** A reading, and since when the pod was ready, in ms since the epoch. */
export type TimedReading = Pick<PodReading, 'pod' | 'reading'> & { readySince: number };

/**
 * How long the network leaves new pods of a locked workload open: from Ready on until a round begins that sees all their
 * undeclared ports filtered. Pods that were ready before the policy, or before this replica knew of it, do not count.
 */
export class EnforcementDelay {
  readonly #observe: (seconds: number) => void;
  /** Since when a policy is in force, in ms since the epoch. */
  #since: number | undefined;
  readonly #closed = new Set<string>();

  constructor(observe: (seconds: number) => void) {
    this.#observe = observe;
  }

  /** @param uids of the pods that there are */
  note(state: 'locked' | 'open', uids: ReadonlySet<string>, now: number): void {
    this.#since = state === 'locked' ? (this.#since ?? now) : undefined;
    for (const uid of this.#closed) if (!uids.has(uid)) this.#closed.delete(uid);
  }

  /** Takes the readings of a round, all addresses of a pod together. */
  read(readings: readonly TimedReading[], declared: ReadonlySet<number>): void {
    const since = this.#since;
    if (since === undefined) return;
    for (const [uid, ofPod] of Map.groupBy(readings, ({ pod }) => pod.uid)) {
      const { readySince } = ofPod[0] ?? { readySince: 0 };
      if (readySince < since || this.#closed.has(uid)) continue;
      if (!ofPod.every(({ reading }) => isClosed(reading.ports, declared))) continue;
      this.#closed.add(uid);
      const begun = Math.max(...ofPod.map(({ reading }) => reading.startedAt));
      this.#observe(Math.max(0, begun - readySince) / 1000);
    }
  }
}

function isClosed(ports: PodReading['reading']['ports'], declared: ReadonlySet<number>): boolean {
  const undeclared = [...ports].filter(([port]) => !declared.has(port));
  return undeclared.length > 0 && undeclared.every(([, outcome]) => outcome === 'filtered');
}
