/** How many ports take turns, so that one that goes silent does not speak for all. */
const MOST = 8;

/** After so many connections without an answer a witness is asked. */
const SILENT_PER_WITNESS = 256;

/**
 * Witnesses asked in a later round at least. Fewer leave it open whether nothing is lost: in three rounds
 * 32 and a silent port get the better of any share of loss but once in two million times.
 */
const PER_ROUND = 16;

/**
 * Ports that have answered, and are connected to now and then while others are silent: as long as they
 * answer, it is not loss that makes the others silent. Ports that refuse are taken before open ones,
 * since their connections cost the kernel alone, and no program is disturbed.
 */
export class Witnesses {
  readonly #refused: number[] = [];
  readonly #open: number[] = [];
  #turn = 0;
  #perSilent = 1 / SILENT_PER_WITNESS;
  /** Witnesses to be asked now. */
  #due = 0;

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

  /** A round over so many silent ports begins; it asks witnesses first. */
  nextRound(ports: number): void {
    this.#perSilent = Math.max(1 / SILENT_PER_WITNESS, PER_ROUND / ports);
    this.#due = Math.max(1, this.#perSilent);
  }

  /** A connection was started. */
  started(): void {
    this.#due = Math.min(this.#due + this.#perSilent, PER_ROUND);
  }

  /** A connection was answered, which says as much as a witness. */
  answered(): void {
    this.#due = Math.max(0, this.#due - this.#perSilent);
  }

  /** The port to ask now, if it is time for one. */
  take(): number | undefined {
    if (this.#due < 1) return undefined;
    const list = this.#refused.length > 0 ? this.#refused : this.#open;
    if (list.length === 0) return undefined;
    this.#due--;
    return list[this.#turn++ % list.length];
  }
}
