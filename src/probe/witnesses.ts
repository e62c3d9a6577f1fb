/** How many ports take turns, so that one that goes silent does not speak for all. */
const MOST = 8;

/** After so many connections without an answer a witness is asked. */
const SILENT_PER_WITNESS = 256;

/**
 * Witnesses asked in a later round at least. Fewer leave it open whether nothing is lost: after three rounds
 * with 16, no share of loss hides behind a silent port but once in 100,000 times.
 */
const PER_ROUND = 8;
/**
 * Between two of these, in ms: a program with a short queue has time to accept, and a round that waits for
 * the kernel's second SYN is long enough for all.
 */
const PAUSE_MILLISECONDS = 180;

/**
 * Ports that have answered, and are connected to now and then while others are silent: as long as they
 * answer, it is not loss that makes the others silent. Ports that refuse are taken before open ones,
 * since their connections cost the kernel alone, and no program is disturbed.
 */
export class Witnesses {
  readonly #refused: number[] = [];
  readonly #open: number[] = [];
  #turn = 0;
  /** Connections without an answer since the last witness. */
  #silent = 0;
  /** Of the round of now, witnesses that are asked however few ports are silent. */
  #owed = 0;
  /** When the next of them may be, in ms of a monotonic clock. */
  #nextAt = 0;

  get areKnown(): boolean {
    return this.#refused.length > 0 || this.#open.length > 0;
  }

  /** Whether the round is not over before more of them were asked. */
  get areOwed(): boolean {
    return this.#owed > 0 && this.areKnown;
  }

  /** A port has answered. */
  add(port: number, outcome: 'open' | 'refused'): void {
    const list = outcome === 'open' ? this.#open : this.#refused;
    if (list.length < MOST && !list.includes(port)) list.push(port);
  }

  has(port: number): boolean {
    return this.#refused.includes(port) || this.#open.includes(port);
  }

  /** A later round over so many silent ports begins; it asks a witness first. */
  nextRound(ports: number): void {
    this.#silent = SILENT_PER_WITNESS;
    this.#owed = ports < PER_ROUND * SILENT_PER_WITNESS ? PER_ROUND : 0;
    this.#nextAt = 0;
  }

  /** A connection was started. */
  started(): void {
    this.#silent++;
  }

  /** A connection was answered, which says as much as a witness. */
  answered(): void {
    if (this.#silent > 0) this.#silent--;
  }

  /** Whether one is to be asked. @param now in ms, monotonic */
  isDue(now: number): boolean {
    if (!this.areKnown) return false;
    return this.#owed > 0 ? now >= this.#nextAt : this.#silent >= SILENT_PER_WITNESS;
  }

  /** The port to ask now, if it is time for one. @param now in ms, monotonic */
  take(now: number): number | undefined {
    if (!this.isDue(now)) return undefined;
    this.#silent = 0;
    if (this.#owed > 0) {
      this.#owed--;
      this.#nextAt = now + PAUSE_MILLISECONDS;
    }
    const list = this.#refused.length > 0 ? this.#refused : this.#open;
    return list[this.#turn++ % list.length];
  }
}
