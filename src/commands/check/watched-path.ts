import { type PeerRound, parseRound } from '../peer/round.ts';
import type { RunningPod } from '../throwaway/await-running.ts';
import type { Throwaway } from '../throwaway/throwaway.ts';
import type { CheckedPath } from './check-result.ts';
import { isOpen, NOTHING_SEEN, type PathProgress, withRound } from './path-progress.ts';

/** Connections from one pod to another, as the log of the first tells of them. */
export class WatchedPath {
  readonly #throwaway: Throwaway;
  readonly #pods: { from: RunningPod; to: RunningPod };
  readonly #signal: AbortSignal;
  readonly #wasOpen = Promise.withResolvers<boolean>();
  readonly #ended = Promise.withResolvers<void>();
  #latest: PeerRound | undefined;
  #progress: PathProgress = NOTHING_SEEN;
  #policyMadeAt: number | undefined;
  #trouble = '';

  constructor(
    throwaway: Throwaway,
    pods: { from: RunningPod; to: RunningPod },
    signal: AbortSignal,
  ) {
    this.#throwaway = throwaway;
    this.#pods = pods;
    this.#signal = signal;
  }

  /** Begins to read what the pod writes. @param settle how long a network may take, in ms */
  follow(settle: number): void {
    this.#read(settle)
      .catch((error: Error) => {
        if (this.#signal.aborted) return;
        this.#trouble = `the log of ${this.#pods.from.name} could not be read: ${error.message}`;
      })
      .finally(() => {
        this.#wasOpen.resolve(false);
        this.#ended.resolve();
      });
  }

  /** Resolves with whether both ports were open before there was a policy. */
  open(): Promise<boolean> {
    return this.#wasOpen.promise;
  }

  /** The policy is there: resolves when what it does is known, or will not be. @param madeAt monotonic, in ms */
  conclude(madeAt: number): Promise<void> {
    this.#policyMadeAt = madeAt;
    return this.#ended.promise;
  }

  result(): CheckedPath {
    const { latest, since, why, isConclusive } = this.#progress;
    const { from, to } = this.#pods;
    const verdict = isConclusive ? latest : 'Inconclusive';
    const isEnforced = verdict === 'Dropped' || verdict === 'Rejected';
    return {
      fromNode: from.node,
      toNode: to.node,
      verdict,
      after: isEnforced ? Math.max(0, Math.round(since)) : undefined,
      why: isConclusive ? why : this.#trouble || this.#whyNot(),
    };
  }

  async #read(settle: number): Promise<void> {
    for await (const line of this.#throwaway.lines(this.#pods.from.name, this.#signal)) {
      const round = parseRound(line);
      if (round === undefined) continue;
      this.#latest = round;
      if (this.#policyMadeAt === undefined) {
        if (isOpen(round)) this.#wasOpen.resolve(true);
        continue;
      }
      // The clock of the node may be another: what counts is when the line came.
      const startedAt = performance.now() - round.milliseconds - this.#policyMadeAt;
      if (startedAt < 0) continue;
      this.#progress = withRound(this.#progress, round, startedAt, settle);
      if (this.#progress.isConclusive) return;
    }
  }

  #whyNot(): string {
    if (this.#policyMadeAt !== undefined)
      return this.#progress.why || 'what was seen after the policy was made changed until the end';
    const [address] = this.#latest?.addresses ?? [];
    if (address === undefined) return `the pod ${this.#pods.from.name} told of no connection`;
    const outcomes = [...address.outcomes].map(([port, outcome]) => `${port} is ${outcome}`);
    return `before there was a policy, at ${address.address} ${outcomes.join(', ')}`;
  }
}
