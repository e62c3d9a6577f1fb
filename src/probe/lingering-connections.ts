import type { Connection } from './connection.ts';

/** So long a server has to close its side, too. Most do in a millisecond, and one that is busy accepts in time. */
export const LINGER_MILLISECONDS = 10_000;

interface Lingering {
  connection: Connection;
  /** Until when it lingers, in ms of a monotonic clock. */
  deadline: number;
}

/**
 * Made connections that were hung up and wait for the other side to do the same. Closing one before all
 * that it was sent has been read would be answered with RST, of which programs die that never thought of
 * it (docs/decisions/0015). One whose time is over is closed all the same: the server hears of it only
 * where it sends something after that.
 */
export class LingeringConnections {
  readonly #most: number;
  /** In the order of their deadlines. */
  readonly #lingering = new Set<Lingering>();
  #timer: NodeJS.Timeout | undefined;

  /** @param most where there are more, the oldest is closed */
  constructor(most: number) {
    this.#most = most;
  }

  /** Hangs a made connection up. */
  add(connection: Connection): void {
    const lingering = { connection, deadline: performance.now() + LINGER_MILLISECONDS };
    this.#lingering.add(lingering);
    connection.hangUp(() => this.#closed(lingering));
    if (this.#lingering.size > this.#most) this.#closeOldest();
    if (this.#timer === undefined) this.#wait(LINGER_MILLISECONDS);
  }

  #closed(lingering: Lingering): void {
    this.#lingering.delete(lingering);
    if (this.#lingering.size > 0) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #closeOldest(): void {
    const [oldest] = this.#lingering;
    if (oldest === undefined) return;
    oldest.connection.end();
    this.#closed(oldest);
  }

  #wait(milliseconds: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      const now = performance.now();
      // One poll of the event loop reads what had arrived, however late this is.
      setImmediate(() => this.#closeDue(now));
    }, milliseconds);
  }

  #closeDue(now: number): void {
    for (const { deadline } of this.#lingering) {
      if (deadline > now) {
        this.#wait(deadline - now);
        return;
      }
      this.#closeOldest();
    }
  }
}
