import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { OwnerReference } from '../api/object-meta.ts';
import type { KubeClient } from './client.ts';
import { Deadline, delay } from './deadline.ts';
import { ApiError, isNotFound, NotLeaderError } from './errors.ts';
import { heldBy, LEASES, type Lease, LeaseTooLongError, LONGEST_LEASE, released } from './lease.ts';
import { Outage, type OutageListener } from './outage.ts';
import { assertShape } from './shape.ts';
import { LEASE } from './shapes.ts';

/** In seconds; the values of client-go and of the controllers of Kubernetes itself. */
export interface LeaderTiming {
  /** How long others must see no change of the lease before they take it. */
  leaseDuration: number;
  /** How long the leader goes on without a renewal that succeeded; less than leaseDuration. */
  renewDeadline: number;
  /** The longest wait between two tries. */
  retryPeriod: number;
}

export const LEADER_TIMING: Readonly<LeaderTiming> = {
  leaseDuration: 15,
  renewDeadline: 10,
  retryPeriod: 2,
};

/** How long it may take to give the lease back, all calls together. */
const RELEASE_MILLISECONDS = 5_000;

/** Outage: a try failed, for whatever reason but that somebody else holds the lease. */
export interface LeaderElectorOptions extends OutageListener {
  client: KubeClient;
  namespace: string;
  /** Name of the Lease. */
  name: string;
  /** What a Lease that is made goes with; nothing where not given. */
  owner?: (() => OwnerReference | undefined) | undefined;
  /** Other times than LEADER_TIMING, for tests. */
  timing?: LeaderTiming;
}

export interface LeaderRun {
  signal: AbortSignal;
  onStartedLeading: () => void;
  /** The lease is lost; the process must write no more. Not called when the signal ends the run. */
  onStoppedLeading: () => void;
}

/** The lease as it was last seen, and when we saw it change: the only clock that counts. */
interface Observation {
  lease: Lease | undefined;
  changedAt: number;
}

/**
 * Elects one leader among replicas by a Lease, as client-go's leaderelection does. Times are measured
 * with this process's monotonic clock, from when it saw the lease change. Neither the wall clock nor
 * the timestamps in the lease decide anything. Fencing is not absolute, as client-go says of itself;
 * `assertLeading` before every write makes the window as small as one request.
 */
export class LeaderElector {
  readonly identity = `${hostname()}_${randomUUID()}`;
  readonly #options: LeaderElectorOptions;
  readonly #timing: LeaderTiming;
  readonly #outage: Outage;
  #observation: Observation = { lease: undefined, changedAt: Number.NEGATIVE_INFINITY };
  /** When the last renewal that succeeded was begun; undefined while not leading. */
  #renewedAt: number | undefined;

  constructor(options: LeaderElectorOptions) {
    this.#options = options;
    this.#outage = new Outage(options);
    this.#timing = options.timing ?? LEADER_TIMING;
  }

  /** Whether the lease is ours, renewed less than renewDeadline ago. */
  isLeading(): boolean {
    return this.#remaining() > 0;
  }

  /** @throws NotLeaderError unless the lease is ours, renewed less than renewDeadline ago */
  assertLeading(): void {
    if (!this.isLeading()) throw new NotLeaderError('this replica does not hold the lease');
  }

  /** Seconds since the last successful renewal; undefined while not leading. */
  get secondsSinceRenewal(): number | undefined {
    return this.#renewedAt === undefined ? undefined : (performance.now() - this.#renewedAt) / 1000;
  }

  /**
   * Takes the lease when it is free, keeps it, and returns when it is lost or, after giving it back,
   * when the signal is aborted.
   */
  async run(run: LeaderRun): Promise<void> {
    while (!run.signal.aborted && !(await this.#try(run.signal))) {
      await delay(this.#waitForLease(), run.signal);
    }
    if (this.isLeading() && !run.signal.aborted) {
      run.onStartedLeading();
      await this.#keep(run.signal);
    }
    this.#renewedAt = undefined;
    if (run.signal.aborted) await this.#release();
    else run.onStoppedLeading();
  }

  /** Renews until the lease is lost or the signal is aborted. */
  async #keep(signal: AbortSignal): Promise<void> {
    const period = this.#timing.retryPeriod * 1000;
    while (!signal.aborted && this.isLeading()) {
      await delay(Math.min(period, this.#remaining()), signal);
      // A process that was stopped for long wakes up here: it must not renew what it has lost.
      if (signal.aborted || !this.isLeading()) return;
      await this.#try(signal);
    }
  }

  /** Milliseconds until a renewal must have succeeded; 0 or less where the lease is not ours. */
  #remaining(): number {
    if (this.#renewedAt === undefined) return 0;
    return this.#renewedAt + this.#timing.renewDeadline * 1000 - performance.now();
  }

  /**
   * Milliseconds until the next try for a lease that somebody else holds. It is spread, so that
   * replicas do not race, and no later than when the lease expires.
   */
  #waitForLease(): number {
    const period = this.#timing.retryPeriod * 1000 * (0.5 + Math.random() * 0.3);
    const untilExpiry = this.#expiresAt() - performance.now();
    return untilExpiry > 0 ? Math.min(period, untilExpiry + Math.random() * 100) : period;
  }

  /** When the lease that was last seen may be taken; its own duration counts, not ours. */
  #expiresAt(): number {
    return this.#observation.changedAt + Math.min(this.#duration, LONGEST_LEASE) * 1000;
  }

  /** In seconds, as the lease says. */
  get #duration(): number {
    return this.#observation.lease?.spec.leaseDurationSeconds ?? this.#timing.leaseDuration;
  }

  /** One try to acquire or renew; true when the lease is ours. Failures are told, never thrown. */
  async #try(signal: AbortSignal): Promise<boolean> {
    const startedAt = performance.now();
    const half = this.#timing.renewDeadline * 500;
    const patience = this.isLeading() ? Math.min(half, this.#remaining()) : half;
    const deadline = new Deadline(patience, signal);
    try {
      // While leading the lease is known; anybody else's change of it makes the update a 409.
      if (!this.isLeading()) this.#observe(await this.#read(deadline.signal));
      const isOurs = this.isLeading() || !this.#isHeldByAnother();
      if (isOurs) {
        this.#observe(await this.#write(deadline.signal));
        this.#renewedAt = startedAt;
      }
      if (this.#duration <= LONGEST_LEASE) this.#outage.clear();
      else this.#outage.report(new LeaseTooLongError(this.#options.name, this.#duration));
      return isOurs;
    } catch (error) {
      if (!signal.aborted) await this.#recover(error, deadline.signal);
      return false;
    } finally {
      deadline.end();
    }
  }

  /** After a failed write the lease is read again: somebody else may hold it, or it may be gone. */
  async #recover(error: unknown, signal: AbortSignal): Promise<void> {
    // While leading a 404 means that the lease was deleted; before, that there is no namespace.
    const conflict = isConflict(error) || (this.isLeading() && isNotFound(error));
    if (!conflict) this.#outage.report(error);
    if (!conflict || !this.isLeading()) return;
    try {
      this.#observe(await this.#read(signal));
      if (this.#isHeldByAnother()) this.#renewedAt = undefined;
    } catch (readError) {
      this.#outage.report(readError);
    }
  }

  #isHeldByAnother(): boolean {
    const holder = this.#observation.lease?.spec.holderIdentity;
    if (!holder || holder === this.identity) return false;
    return performance.now() < this.#expiresAt();
  }

  #observe(lease: Lease | undefined): void {
    const previous = this.#observation.lease?.metadata.resourceVersion;
    if (lease !== undefined && lease.metadata.resourceVersion === previous) return;
    this.#observation = { lease, changedAt: performance.now() };
  }

  async #read(signal: AbortSignal): Promise<Lease | undefined> {
    const { client, namespace, name } = this.#options;
    try {
      return checkedLease(
        await client.get<Lease>(LEASES, { namespace, name }, { signal, pool: 'lease' }),
      );
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  }

  async #write(signal: AbortSignal): Promise<Lease> {
    const { client, namespace, name, owner } = this.#options;
    const { lease } = this.#observation;
    const leaseDurationSeconds = this.#timing.leaseDuration;
    const terms = { name, namespace, leaseDurationSeconds, now: new Date(), owner: owner?.() };
    const ours = heldBy(this.identity, lease, terms);
    const options = { signal, pool: 'lease' } as const;
    const written =
      lease === undefined
        ? await client.create(LEASES, ours, options)
        : await client.replace(LEASES, ours, options);
    return checkedLease(written);
  }

  /**
   * Gives the lease back, so that another replica need not wait for it to expire. A conflict is tried
   * once more: the stop may have cut off a renewal that the server still carries out.
   */
  async #release(): Promise<void> {
    const deadline = new Deadline(RELEASE_MILLISECONDS);
    const { signal } = deadline;
    try {
      await this.#giveBack(signal).catch((error: unknown) => {
        if (isConflict(error)) return this.#giveBack(signal);
        throw error;
      });
    } catch (error) {
      this.#outage.report(error);
    } finally {
      deadline.end();
    }
  }

  async #giveBack(signal: AbortSignal): Promise<void> {
    const lease = await this.#read(signal);
    if (lease?.spec.holderIdentity !== this.identity) return;
    const options = { signal, pool: 'lease' } as const;
    await this.#options.client.replace(LEASES, released(lease, new Date()), options);
  }
}

/** Anybody with the right to may have written it. @throws MalformedObjectError */
function checkedLease(lease: Lease): Lease {
  assertShape(LEASE, lease);
  return { ...lease, spec: lease.spec ?? {} };
}

function isConflict(error: unknown): boolean {
  return error instanceof ApiError && error.status === 409;
}
