/** A terminal, or what stands in for one. */
export interface TerminalStream {
  isTTY?: boolean;
  columns?: number;
  write(text: string): unknown;
}

const BAR_WIDTH = 24;
/** Clears the line and returns to its start. */
const CLEAR = '\r\u001b[K';

/** A line on a terminal that says how far something is; nothing where the stream is no terminal. */
export class ProgressBar {
  readonly #stream: TerminalStream;
  readonly #total: number;
  readonly #what: string;
  readonly #startedAt: number;
  #isShown = false;

  /** @param now in ms, monotonic; @param what the plural of what is counted */
  constructor(stream: TerminalStream, total: number, what: string, now: number) {
    this.#stream = stream;
    this.#total = total;
    this.#what = what;
    this.#startedAt = now;
  }

  show(done: number, now: number): void {
    if (!this.#stream.isTTY) return;
    const line = progressLine(done, this.#total, this.#what, now - this.#startedAt);
    this.#stream.write(CLEAR + line.slice(0, (this.#stream.columns || 80) - 1));
    this.#isShown = true;
  }

  /** Takes the line away, so that what is written next begins at its start. */
  clear(): void {
    if (this.#isShown) this.#stream.write(CLEAR);
    this.#isShown = false;
  }
}

/** @param elapsed in ms */
export function progressLine(done: number, total: number, what: string, elapsed: number): string {
  const part = total === 0 ? 1 : done / total;
  const filled = Math.floor(part * BAR_WIDTH);
  const bar = '#'.repeat(filled) + '.'.repeat(BAR_WIDTH - filled);
  const rest = part > 0 && elapsed > 2_000 ? (elapsed / part) * (1 - part) : undefined;
  const left = rest === undefined ? '' : `, ${durationText(rest)} left`;
  const counts = `${done.toLocaleString('en')} of ${total.toLocaleString('en')} ${what}`;
  return `[${bar}] ${Math.floor(part * 100)}%  ${counts}${left}`;
}

/** A duration as a person says it: `12 s`, `3 min 38 s`, `2 h 5 min`. @param milliseconds */
export function durationText(milliseconds: number): string {
  const seconds = Math.ceil(milliseconds / 1_000);
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  return `${Math.floor(seconds / 3_600)} h ${Math.floor((seconds % 3_600) / 60)} min`;
}
