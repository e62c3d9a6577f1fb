import { isIP } from 'node:net';
import { likeliestFirst } from '../domain/probing/likely-ports.ts';
import type { Outcome } from '../domain/probing/reading.ts';
import { OUTCOMES } from '../domain/probing/reading.ts';
import { WELL_KNOWN_PORTS } from '../domain/probing/well-known-ports.ts';
import { InFlightLimit } from './in-flight-limit.ts';
import { LAST_PORT, type Priority, type ProbeJob } from './job.ts';
import { Loss } from './loss.ts';
import { Pace } from './pace.ts';
import { laterTimeout, silenceAfter } from './retry.ts';
import { isSecondSyn, RoundTripTime } from './round-trip-time.ts';
import { MOST_OPEN_PORTS_LISTED, type Tally } from './tally.ts';
import { Witnesses } from './witnesses.ts';

const ALL_PORTS = Uint16Array.from({ length: LAST_PORT }, (_, index) => index + 1);

/** After so long without one connection that could be started, the task gives up its open ports. */
const PATIENCE_MILLISECONDS = 5_000;

const UNKNOWN = OUTCOMES.length;
const OPEN = OUTCOMES.indexOf('open');
const FILTERED = OUTCOMES.indexOf('filtered');
const ERROR = OUTCOMES.indexOf('error');

/** A job, or the share of a job, that one engine works on. */
export interface Work extends ProbeJob {
  /** Of all ports in turn every `of`-th is this task's, from the `index`-th on. Unset = all are. */
  part?: { index: number; of: number };
}

/** A port to connect to. */
export interface Taken {
  readonly port: number;
  /** Where in the task; undefined of a witness, whose outcome is not the task's to tell. */
  readonly position: number | undefined;
}

/**
 * One job being worked on: which ports are still to be tried, and what is known of the others. Ports
 * are named by their position in the job, so that a task on 65,535 ports takes 200 KB.
 */
export class Task {
  readonly ip: string;
  /** The IP's own, 4 or 6. */
  readonly family: number;
  readonly priority: Priority;
  readonly node: string | undefined;
  /** Bounds this task alone; a shortage of ephemeral ports towards one target is no other's concern. */
  readonly limit: InFlightLimit;
  /** Connections of this task under way. */
  inFlight = 0;

  readonly #isSweep: boolean;
  readonly #firstTimeout: number;
  readonly #roundTripTime = new RoundTripTime();
  readonly #witnesses = new Witnesses();
  readonly #loss = new Loss();
  readonly #pace = new Pace();
  readonly #ports: Uint16Array;
  readonly #outcomes: Uint8Array;
  /** The errno names of errors, and how many ports ended in each. */
  readonly #reasons = new Map<string, number>();
  #round = { number: 1, started: 0, startedAt: 0, lastStartedAt: 0 };
  /** Ports that are asked first for a witness, though they are another task's. */
  #scouts: number[];
  /** Positions of this round, and how many of them have been taken. */
  #positions: Uint16Array;
  #taken = 0;
  #putBack: number[] = [];
  #done = 0;
  #doubtful = 0;
  #shortageSince: number | undefined;
  #shortageReason: string | undefined;
  #startedAt: number | undefined;

  /** @param work a valid job; @param firstTimeout in ms */
  constructor({ part, ...job }: Work, firstTimeout: number, maximumInFlight: number) {
    this.ip = job.ip;
    this.family = isIP(job.ip);
    this.priority = job.priority;
    this.node = job.node;
    this.limit = new InFlightLimit(maximumInFlight);
    this.#isSweep = job.ports === 'all';
    this.#firstTimeout = firstTimeout;
    const isOwn = (port: number) => part === undefined || port % part.of === part.index;
    const expected = job.expected ?? [];
    this.#ports =
      job.ports === 'all'
        ? likeliestFirst(ALL_PORTS.filter(isOwn), expected)
        : Uint16Array.from(job.ports);
    this.#outcomes = new Uint8Array(this.#ports.length).fill(UNKNOWN);
    const first = new Set([...expected, ...(this.#isSweep ? WELL_KNOWN_PORTS : [])]);
    this.#scouts = [...first].filter((port) => !isOwn(port));
    this.#positions = this.#isSweep
      ? Uint16Array.from(this.#ports.keys())
      : positionsWith(this.#ports, first);
  }

  /** How long a connection started now may take, in ms. */
  get timeout(): number {
    return this.#round.number === 1
      ? this.#roundTripTime.timeout(this.#firstTimeout)
      : laterTimeout(this.#firstTimeout);
  }

  /** Ports asked. */
  get total(): number {
    return this.#ports.length;
  }

  /** Ports that have an outcome; fewer again where silent ones are tried again. */
  get done(): number {
    return this.#done;
  }

  /** Whether this round has connections to start, if not now. */
  get hasPortsToTake(): boolean {
    return this.#hasOwnPorts || this.#witnesses.areOwed;
  }

  get #hasOwnPorts(): boolean {
    return this.#putBack.length > 0 || this.#taken < this.#positions.length;
  }

  get isDone(): boolean {
    return this.inFlight === 0 && !this.hasPortsToTake;
  }

  /** Whether there is a port to take now, and the target's pace allows it. @param now in ms, monotonic */
  mayStart(now: number): boolean {
    if (!this.#hasOwnPorts && !this.#witnesses.isDue(now)) return false;
    return this.#pace.allows(now);
  }

  /** Takes the next port to connect to; undefined where this round has none left. @param now in ms, monotonic */
  take(now: number): Taken | undefined {
    const taken = this.#next(now);
    if (taken === undefined) return undefined;
    if (this.#startedAt === undefined) {
      this.#startedAt = Date.now();
      this.#round.startedAt = now;
    }
    this.#pace.take(now);
    // Witnesses are spread over a round, and say nothing of how fast its ports are asked.
    if (taken.position !== undefined) {
      this.#round.started++;
      this.#round.lastStartedAt = now;
    }
    this.inFlight++;
    return taken;
  }

  #next(now: number): Taken | undefined {
    if (!this.hasPortsToTake) return undefined;
    const witness = this.#scouts.pop() ?? this.#witnesses.take(now);
    if (witness !== undefined) return { port: witness, position: undefined };
    const position = this.#putBack.pop() ?? this.#positions[this.#taken++];
    const port = position === undefined ? undefined : this.#ports[position];
    if (port === undefined) return undefined;
    this.#witnesses.started();
    return { port, position };
  }

  /** Connections that were taken have been started. @param now in ms, monotonic */
  started(now: number): void {
    this.#pace.started(now);
  }

  /**
   * A taken port has an outcome.
   * @param reason the errno name; @param milliseconds from the start to the answer, if there was one
   */
  settle(
    taken: Taken,
    outcome: Outcome,
    reason: string,
    now: number,
    milliseconds: number | undefined,
  ): void {
    this.inFlight--;
    this.#shortageSince = undefined;
    this.limit.success();
    const isAnswer = outcome === 'open' || outcome === 'refused';
    if (isAnswer && milliseconds !== undefined) this.#roundTripTime.add(milliseconds);
    if (isAnswer) this.#witnesses.add(taken.port, outcome);
    const hearing = this.#round.number > 1 && isSecondSyn(milliseconds ?? 0) ? 'late' : 'heard';
    if (taken.position !== undefined) this.#settlePort(taken.position, outcome, reason, hearing);
    else if (isAnswer) this.#loss.witness(hearing);
    // The silence of a scout is not that of a port that has answered.
    else if (outcome === 'filtered' && this.#witnesses.has(taken.port))
      this.#loss.witness('silent');
    if (this.isDone) this.#endRound(now);
  }

  #settlePort(position: number, outcome: Outcome, reason: string, hearing: 'heard' | 'late'): void {
    this.#done++;
    this.#outcomes[position] = OUTCOMES.indexOf(outcome);
    if (outcome === 'error') this.#reasons.set(reason, (this.#reasons.get(reason) ?? 0) + 1);
    if (outcome === 'filtered' || outcome === 'error') return;
    this.#loss.answered(hearing);
    this.#witnesses.answered();
  }

  /**
   * A taken port could not be tried, and is to be taken again. Where nothing could be tried for 5 s,
   * the task gives up: what is unknown then stays so, as an error of this machine.
   * @param now in ms, monotonic
   */
  putBack({ position }: Taken, reason: string, now: number): void {
    this.inFlight--;
    if (position !== undefined) this.#putBack.push(position);
    this.#shortageSince ??= now;
    if (now - this.#shortageSince >= PATIENCE_MILLISECONDS) {
      this.#shortageReason = reason;
      this.#putBack = [];
      this.#taken = this.#positions.length;
    }
    if (this.isDone) this.#endRound(now);
  }

  #endRound(now: number): void {
    if (this.#shortageReason !== undefined) return;
    const silent = this.#positions.filter((position) => this.#outcomes[position] === FILTERED);
    const silence = silenceAfter(
      {
        number: this.#round.number,
        priority: this.priority,
        silent: silent.length,
        isReachable: this.#witnesses.areKnown,
      },
      this.#loss,
    );
    if (silence === 'cannot-be-told') this.#leaveOpen(silent);
    if (silence !== 'try-again') return;
    this.#pace.nextRound(this.#round, this.#loss, silent.length);
    this.#positions = silent;
    this.#taken = 0;
    this.#done -= silent.length;
    this.#loss.nextRound();
    this.#witnesses.nextRound(silent.length);
    this.#round = {
      number: this.#round.number + 1,
      started: 0,
      startedAt: now,
      lastStartedAt: now,
    };
  }

  /** Says of silent ports that nothing could be told: they may well be open. */
  #leaveOpen(silent: Uint16Array): void {
    this.#doubtful = silent.length;
    for (const position of silent) this.#outcomes[position] = ERROR;
  }

  #lowestOpen(): Uint16Array {
    const open = this.#ports.filter((_, position) => this.#outcomes[position] === OPEN);
    return open.sort().subarray(0, MOST_OPEN_PORTS_LISTED);
  }

  /** What is known of a task that is done. */
  tally(): Tally {
    const counts = { open: 0, refused: 0, filtered: 0, unreachable: 0, error: 0 };
    const ports = new Map<number, Outcome>();
    let untried = 0;
    for (const [position, port] of this.#ports.entries()) {
      const known = OUTCOMES[this.#outcomes[position] ?? UNKNOWN];
      if (known === undefined) untried++;
      const outcome = known ?? 'error';
      counts[outcome]++;
      if (!this.#isSweep) ports.set(port, outcome);
    }
    if (this.#isSweep) for (const port of this.#lowestOpen()) ports.set(port, 'open');
    const endedAt = Date.now();
    return {
      ip: this.ip,
      isSweep: this.#isSweep,
      startedAt: this.#startedAt ?? endedAt,
      endedAt,
      ports,
      counts,
      reasons: this.#reasons,
      ...(this.#shortageReason !== undefined && {
        untried: { reason: this.#shortageReason, ports: untried },
      }),
      doubtful: this.#doubtful,
    };
  }
}

/** The positions of all ports, those of some ports first. */
function positionsWith(ports: Uint16Array, first: ReadonlySet<number>): Uint16Array {
  const positions = [...ports.keys()];
  const isFirst = (position: number) => first.has(ports[position] ?? 0);
  return Uint16Array.from([
    ...positions.filter(isFirst),
    ...positions.filter((position) => !isFirst(position)),
  ]);
}
