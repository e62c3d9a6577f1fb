/** How many ports take turns, so that one that goes silent does not speak for all. */
const MOST = 8;

/** After so many connections without an answer a witness is asked. */
const SILENT_PER_WITNESS = 256;

/** Witnesses asked in a round that has fewer connections than that, if there are as many. */
const PER_SMALL_ROUND = 8;

/**
 * Ports that have answered, and are connected to now and then while others are silent: as long as they
 * answer, it is not loss that makes the others silent. Ports that refuse are taken before open ones,
 * since their connections cost the kernel alone, and no program is disturbed.
 */
export class Witnesses {
  readonly #refused: number[] = [];
  readonly #open: number[] = [];
  #turn = 0;
  #silent = 0;
  #step = SILENT_PER_WITNESS;

  get areKnown(): boolean {
    return this.#refused.length > 0 || this.#open.length > 0;
  }

  /** A port has answered. */
  add(port: number, outcome: 'open' | 'refused'): void {
    const list = outcome === 'open' ? this.#open : this.#refused;
    if (list.length < MOST && !list.includes(port)) list.push(port);
  }

  has(port: number): boolean {
    return this.#refused.includes(port) || this.#open.includes(port);
  }

  /** A round over so many silent ports begins; it asks a witness first. */
  nextRound(ports: number): void {
    this.#silent = this.#step = Math.min(SILENT_PER_WITNESS, Math.ceil(ports / PER_SMALL_ROUND));
  }

  /** A connection was started. */
  started(): void {
    this.#silent++;
  }

  /** A connection was answered, which says as much as a witness. */
  answered(): void {
    if (this.#silent > 0) this.#silent--;
  }

  /** The port to ask now, if it is time for one. */
  take(): number | undefined {
    if (this.#silent < this.#step) return undefined;
    const list = this.#refused.length > 0 ? this.#refused : this.#open;
    if (list.length === 0) return undefined;
    this.#silent = 0;
    return list[this.#turn++ % list.length];
  }
}
