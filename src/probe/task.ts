import type { Outcome, Reading } from '../domain/reading.ts';
import { OUTCOMES } from '../domain/reading.ts';
import { InFlightLimit } from './in-flight-limit.ts';
import { LAST_PORT, type Priority, type ProbeJob } from './job.ts';
import { timeoutOf, triesAgain } from './retry.ts';

/** A sweep's reading lists no more open ports than this; its counts are always complete. */
const MOST_OPEN_PORTS_LISTED = 1_024;

/** After so long without one connection that could be started, the task gives up its open ports. */
const PATIENCE_MILLISECONDS = 5_000;

const UNKNOWN = OUTCOMES.length;
const FILTERED = OUTCOMES.indexOf('filtered');

/**
 * One job being worked on: which ports are still to be tried, and what is known of the others. Ports
 * are named by their position in the job, so that a task on 65,535 ports takes 200 KB.
 */
export class Task {
  readonly ip: string;
  readonly priority: Priority;
  /** Bounds this task alone; a shortage of ephemeral ports towards one target is no other's concern. */
  readonly limit: InFlightLimit;
  /** Connections of this task under way. */
  inFlight = 0;

  readonly #isSweep: boolean;
  readonly #firstTimeout: number;
  readonly #ports: Uint16Array;
  readonly #outcomes: Uint8Array;
  /** The errno names of errors, and how many ports ended in each. */
  readonly #reasons = new Map<string, number>();
  #round = 1;
  /** Positions of this round, and how many of them have been taken. */
  #positions: Uint16Array;
  #taken = 0;
  #putBack: number[] = [];
  #answered = 0;
  #done = 0;
  #shortageSince: number | undefined;
  #shortageReason: string | undefined;
  #startedAt: number | undefined;

  /** @param job a valid one; @param firstTimeout in ms */
  constructor(job: ProbeJob, firstTimeout: number, maximumInFlight: number) {
    this.ip = job.ip;
    this.priority = job.priority;
    this.limit = new InFlightLimit(maximumInFlight);
    this.#isSweep = job.ports === 'all';
    this.#firstTimeout = firstTimeout;
    this.#ports =
      job.ports === 'all'
        ? Uint16Array.from({ length: LAST_PORT }, (_, position) => position + 1)
        : Uint16Array.from(job.ports);
    this.#outcomes = new Uint8Array(this.#ports.length).fill(UNKNOWN);
    this.#positions = Uint16Array.from(this.#ports.keys());
  }

  /** How long a connection started now may take, in ms. */
  get timeout(): number {
    return timeoutOf(this.#round, this.priority, this.#firstTimeout);
  }

  /** Ports asked. */
  get total(): number {
    return this.#ports.length;
  }

  /** Ports that have an outcome; fewer again where silent ones are tried again. */
  get done(): number {
    return this.#done;
  }

  get hasPortsToTake(): boolean {
    return this.#putBack.length > 0 || this.#taken < this.#positions.length;
  }

  get isDone(): boolean {
    return this.inFlight === 0 && !this.hasPortsToTake;
  }

  /** Takes the next port to connect to; undefined where this round has none left. */
  take(): { port: number; position: number } | undefined {
    this.#startedAt ??= Date.now();
    const position = this.#putBack.pop() ?? this.#positions[this.#taken++];
    if (position === undefined) return undefined;
    const port = this.#ports[position];
    if (port === undefined) return undefined;
    this.inFlight++;
    return { port, position };
  }

  /** A taken port has an outcome. @param reason the errno name */
  settle(position: number, outcome: Outcome, reason: string): void {
    this.inFlight--;
    this.#done++;
    this.#outcomes[position] = OUTCOMES.indexOf(outcome);
    if (outcome === 'error') this.#reasons.set(reason, (this.#reasons.get(reason) ?? 0) + 1);
    else if (outcome !== 'filtered') this.#answered++;
    this.#shortageSince = undefined;
    this.limit.success();
    if (this.isDone) this.#nextRound();
  }

  /**
   * A taken port could not be tried, and is to be taken again. Where nothing could be tried for 5 s,
   * the task gives up: what is unknown then stays so, as an error of this machine.
   * @param now in ms, monotonic
   */
  putBack(position: number, reason: string, now: number): void {
    this.inFlight--;
    this.#putBack.push(position);
    this.#shortageSince ??= now;
    if (now - this.#shortageSince < PATIENCE_MILLISECONDS) return;
    this.#shortageReason = reason;
    this.#putBack = [];
    this.#taken = this.#positions.length;
  }

  #nextRound(): void {
    if (this.#shortageReason !== undefined) return;
    const filtered = this.#outcomes.reduce((sum, outcome) => sum + Number(outcome === FILTERED), 0);
    const round = {
      number: this.#round,
      priority: this.priority,
      asked: this.#ports.length,
      filtered,
      answered: this.#answered,
    };
    if (!triesAgain(round)) return;
    this.#positions = Uint16Array.from(this.#ports.keys()).filter(
      (position) => this.#outcomes[position] === FILTERED,
    );
    this.#taken = 0;
    this.#done -= this.#positions.length;
    this.#answered = 0;
    this.#round++;
  }

  /** The reading of a task that is done. */
  reading(): Reading {
    const counts = { open: 0, refused: 0, filtered: 0, unreachable: 0, error: 0 };
    const ports = new Map<number, Outcome>();
    let untried = 0;
    for (const [position, port] of this.#ports.entries()) {
      const known = OUTCOMES[this.#outcomes[position] ?? UNKNOWN];
      if (known === undefined) untried++;
      const outcome = known ?? 'error';
      counts[outcome]++;
      if (!this.#isSweep || (outcome === 'open' && ports.size < MOST_OPEN_PORTS_LISTED))
        ports.set(port, outcome);
    }
    const endedAt = Date.now();
    const reading: Reading = {
      ip: this.ip,
      startedAt: this.#startedAt ?? endedAt,
      endedAt,
      ports,
      counts,
      complete: this.#shortageReason === undefined,
    };
    const note = this.#note(untried, counts.open);
    if (note !== undefined) reading.note = note;
    return reading;
  }

  #note(untried: number, open: number): string | undefined {
    const parts: string[] = [];
    if (this.#shortageReason !== undefined)
      parts.push(
        `gave up after ${PATIENCE_MILLISECONDS / 1_000} s without a connection that could be started (${this.#shortageReason}); ${untried} ports were not tried`,
      );
    for (const [reason, count] of this.#reasons) parts.push(`${count} ports ended in ${reason}`);
    if (this.#isSweep && open > MOST_OPEN_PORTS_LISTED)
      parts.push(`${MOST_OPEN_PORTS_LISTED} of ${open} open ports are listed`);
    return parts.length > 0 ? parts.join('; ') : undefined;
  }
}
