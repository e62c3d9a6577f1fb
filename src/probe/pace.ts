import type { Loss } from './loss.ts';
import { RateLimit } from './rate-limit.ts';

/** However seldom a target answers, a round is stretched over no more than this. */
const LONGEST_ROUND_SECONDS = 60;
/** In connections per second. */
const SLOWEST_PACE = 20;
/** No machine starts more connections per second than this: such a pace is none. */
const FASTEST_PACE = 100_000;
/** Of what was lost before, at most so much is lost where a slower pace has helped. */
const HELPED = 3 / 4;

/** When connections of a round were started, in ms of a clock that never goes back. */
interface AskedRound {
  /** How many. */
  started: number;
  startedAt: number;
  lastStartedAt: number;
}

/** How fast one target is asked: as fast as the engine goes, until the target shows a limit of its own. */
export class Pace {
  /** Unset = the target has shown no limit. */
  #limited: { perSecond: number; limit: RateLimit } | undefined;
  /** The share of witnesses that was lost in the round before. */
  #shareBefore = 0;

  /** Whether a connection may be started now. @param now in ms, monotonic */
  allows(now: number): boolean {
    return this.#limited === undefined || this.#limited.limit.availableAt() <= now;
  }

  /** One is about to be started. @param now in ms, monotonic */
  take(now: number): void {
    this.#limited?.limit.take(now);
  }

  /** All that were about to be have been started. @param now in ms, monotonic */
  started(now: number): void {
    this.#limited?.limit.started(now);
  }

  /**
   * After a round that lost something the next one asks as often as this one was heard while it
   * asked, be it of all ports or of the witnesses alone: a target that limits how often it answers is
   * asked hardly more often than that. One that has lost nothing is asked twice as often, and so is
   * one that has lost as much as before though it was asked more slowly: that is not what it minds.
   *
   * @param round that has ended
   * @param loss seen so far
   * @param ports that the next round asks
   */
  nextRound({ started, startedAt, lastStartedAt }: AskedRound, loss: Loss, ports: number): void {
    const seconds = Math.max(1, lastStartedAt - startedAt) / 1_000;
    const heard = Math.max(loss.answeredNow, started * (1 - loss.shareNow)) / seconds;
    const isHelped = this.#limited === undefined || loss.shareNow < HELPED * this.#shareBefore;
    const perSecond =
      loss.isSeenNow && isHelped
        ? heard
        : 2 * (this.#limited?.perSecond ?? Number.POSITIVE_INFINITY);
    this.#shareBefore = loss.shareNow;
    const slowest = Math.max(SLOWEST_PACE, ports / LONGEST_ROUND_SECONDS);
    const pace = Math.ceil(Math.max(slowest, perSecond));
    this.#limited =
      pace > FASTEST_PACE ? undefined : { perSecond: pace, limit: new RateLimit(pace) };
  }
}
