import { connect } from './connect.ts';
import type { Connect, Connection } from './connection.ts';
import { Deadlines, type Waiting } from './deadlines.ts';
import { fileDescriptorLimit } from './file-descriptors.ts';
import { InFlightLimit } from './in-flight-limit.ts';
import { LingeringConnections } from './lingering-connections.ts';
import { NodeRates } from './node-rates.ts';
import type { ProbeLimits, Rates } from './options.ts';
import { type ConnectResult, outcomeOf } from './outcome.ts';
import { RateLimit } from './rate-limit.ts';
import { Schedule } from './schedule.ts';
import type { Tally } from './tally.ts';
import { type Taken, Task, type Work } from './task.ts';

/** How often deadlines are looked at; a timeout is late by no more than this on an idle loop. */
const TICK_MILLISECONDS = 20;

/**
 * Connections started before the answers of earlier ones are read; more would only hold memory
 * (measured: 1,024 take a tenth longer, 64 to 256 are equally fast).
 */
const STARTED_AT_A_TIME = 256;

/** At the default rate a server has 3 s even where every port is open and none is ever closed from there. */
const MOST_LINGERING = 1_024;

/** At least so long between two reports of one task's progress. */
const PROGRESS_MILLISECONDS = 200;

/** Who waits for a task. */
interface Caller {
  done(tally: Tally): void;
  onProgress: ((done: number, total: number) => void) | undefined;
  /** When progress is told next, in ms of a monotonic clock. */
  progressAt: number;
}

/** One connection under way. */
interface Attempt extends Waiting {
  timeout: number;
  readonly task: Task;
  readonly taken: Taken;
  connection?: Connection;
  ended: boolean;
}

/**
 * Probes many IPs on one event loop with plain connect().
 *
 * **A late loop never turns an answer into silence.** Nothing is declared filtered by a timer alone:
 * a tick notes the time, and a setImmediate of that tick declares what was due by then. Between the two
 * lies one whole poll phase, which hands over every answer that the kernel had when it began: libuv
 * reads 48 x 1,024 events in one poll, more than the 32,768 connections that can be under way. So
 * however late the tick is, an answer that has arrived is seen first.
 */
export class Engine {
  readonly #connect: Connect;
  readonly #timeout: number;
  readonly #maximumInFlight: number;
  readonly #limit: InFlightLimit;
  #rate: RateLimit | undefined;
  readonly #nodes: NodeRates;
  readonly #schedule: Schedule;
  readonly #deadlines = new Deadlines<Attempt>();
  readonly #lingering = new LingeringConnections(
    Math.min(MOST_LINGERING, Math.ceil((fileDescriptorLimit() ?? Number.POSITIVE_INFINITY) / 8)),
  );
  /** The jobs being worked on, and whom to tell when each is done. */
  readonly #tasks = new Map<Task, Caller>();
  /** Being started: connect(2) is called by the end of the current callback (see connection.ts). */
  #starting: Attempt[] = [];
  #inFlight = 0;
  #ticker: NodeJS.Timeout | undefined;
  #rateTimer: NodeJS.Timeout | undefined;
  #isDispatchDue = false;

  /** @param limits valid ones, already bounded by what the process may open */
  constructor(limits: ProbeLimits, connectWith: Connect = connect) {
    this.#connect = connectWith;
    this.#timeout = limits.timeoutMilliseconds;
    this.#maximumInFlight = limits.maximumInFlight;
    this.#limit = new InFlightLimit(limits.maximumInFlight);
    this.#nodes = new NodeRates(limits.connectionsPerSecondToNode ?? 0);
    this.#schedule = new Schedule(this.#nodes);
    if (limits.connectionsPerSecond > 0) this.#rate = new RateLimit(limits.connectionsPerSecond);
  }

  /**
   * Probes one IP.
   * @param work a valid job
   * @param onProgress see ProbeOptions in prober.ts
   * @throws the signal's reason when it is aborted; the task's connections under way are ended at once
   */
  probe(
    work: Work,
    signal: AbortSignal,
    { onProgress }: { onProgress?: (done: number, total: number) => void } = {},
  ): Promise<Tally> {
    return new Promise((resolve, reject) => {
      signal.throwIfAborted();
      const task = new Task(work, this.#timeout, this.#maximumInFlight);
      const abort = () => {
        this.#cancel(task);
        reject(signal.reason);
      };
      signal.addEventListener('abort', abort, { once: true });
      const done = (tally: Tally) => {
        signal.removeEventListener('abort', abort);
        resolve(tally);
      };
      this.#tasks.set(task, { done, onProgress, progressAt: 0 });
      this.#ticker ??= setInterval(() => this.#tick(), TICK_MILLISECONDS);
      this.#schedule.offer(task);
      this.#wake();
    });
  }

  /**
   * Sets other rates. For a second nothing is started, so that what was started at the old rate and what
   * is at the new one never meet in one.
   */
  setRates({ connectionsPerSecond, connectionsPerSecondToNode }: Rates): void {
    const startsAt = performance.now() + 1000;
    this.#rate =
      connectionsPerSecond > 0 ? new RateLimit(connectionsPerSecond, startsAt) : undefined;
    this.#nodes.set(connectionsPerSecondToNode, startsAt);
    clearTimeout(this.#rateTimer);
    this.#rateTimer = undefined;
    this.#wake();
  }

  /** Starts connections when the answers that are there by now have been read. */
  #wake(): void {
    if (this.#isDispatchDue) return;
    this.#isDispatchDue = true;
    setImmediate(() => {
      this.#isDispatchDue = false;
      this.#dispatch();
    });
  }

  #dispatch(): void {
    if (this.#tasks.size === 0) return;
    const now = performance.now();
    const limit = this.#limit.at(now);
    while (this.#starting.length < STARTED_AT_A_TIME) {
      if (this.#rate !== undefined && this.#rate.availableAt() > now) {
        this.#wakeForRate(this.#rate.availableAt() - now);
        break;
      }
      const task = this.#schedule.next(this.#inFlight, limit, now);
      if (task === undefined) break;
      this.#rate?.take(now);
      this.#nodes.take(task.node, now);
      this.#start(task, now);
    }
    if (this.#starting.length > 0) process.nextTick(() => this.#started());
  }

  #start(task: Task, now: number): void {
    const taken = task.take(now);
    if (taken === undefined) return;
    this.#inFlight++;
    const attempt: Attempt = {
      task,
      taken,
      timeout: task.timeout,
      deadline: Number.POSITIVE_INFINITY,
      ended: false,
    };
    attempt.connection = this.#connect(task, taken.port, (result) => this.#ended(attempt, result));
    this.#starting.push(attempt);
  }

  /** Runs after the connect(2) of all that were started: time and rate count from here. */
  #started(): void {
    const now = performance.now();
    for (const attempt of this.#starting) {
      attempt.task.started(now);
      if (!attempt.ended) this.#deadlines.add(attempt, now);
    }
    this.#starting = [];
    this.#rate?.started(now);
    this.#nodes.started(now);
    this.#wake();
  }

  /** @param delay in ms; Infinity where connections were just handed over, which will wake us */
  #wakeForRate(delay: number): void {
    if (this.#rateTimer !== undefined || delay === Number.POSITIVE_INFINITY) return;
    this.#rateTimer = setTimeout(() => {
      this.#rateTimer = undefined;
      this.#wake();
    }, Math.ceil(delay));
  }

  #tick(): void {
    const noticedAt = performance.now();
    setImmediate(() => {
      for (const attempt of this.#deadlines.due(noticedAt))
        if (!this.#waitsLonger(attempt)) this.#ended(attempt, 'ETIMEDOUT');
    });
    this.#tellProgress(noticedAt);
    this.#wake();
  }

  /**
   * Whether others show by now that answers take longer than they did when this connection was
   * started; it then waits as long as one started now.
   */
  #waitsLonger(attempt: Attempt): boolean {
    if (attempt.task.timeout <= attempt.timeout) return false;
    const startedAt = attempt.deadline - attempt.timeout;
    this.#deadlines.delete(attempt);
    attempt.timeout = attempt.task.timeout;
    this.#deadlines.add(attempt, startedAt);
    return true;
  }

  #tellProgress(now: number): void {
    for (const [task, caller] of this.#tasks) {
      if (caller.onProgress === undefined || caller.progressAt > now) continue;
      caller.progressAt = now + PROGRESS_MILLISECONDS;
      caller.onProgress(task.done, task.total);
    }
  }

  #ended(attempt: Attempt, result: ConnectResult): void {
    if (!this.#release(attempt)) return;
    const { task, taken, connection } = attempt;
    if (result === 'connected' && connection) this.#lingering.add(connection);
    else connection?.end();
    const now = performance.now();
    const outcome = outcomeOf(result, task.family);
    switch (outcome) {
      case 'try-again':
        task.putBack(taken, result, now);
        break;
      case 'shortage-of-process':
        this.#limit.shortage(this.#inFlight, now);
        task.putBack(taken, result, now);
        break;
      case 'shortage-of-target':
        task.limit.shortage(task.inFlight, now);
        task.putBack(taken, result, now);
        break;
      default:
        this.#limit.success();
        task.settle(taken, outcome, result, now, millisecondsOf(attempt, now));
    }
    if (task.isDone) this.#finish(task);
    else {
      this.#schedule.offer(task);
      this.#wake();
    }
  }

  /** An attempt is under way no more; false where it was not before. */
  #release(attempt: Attempt): boolean {
    if (attempt.ended) return false;
    attempt.ended = true;
    this.#inFlight--;
    this.#deadlines.delete(attempt);
    return true;
  }

  #finish(task: Task): void {
    const caller = this.#tasks.get(task);
    this.#forget(task);
    caller?.onProgress?.(task.total, task.total);
    caller?.done(task.tally());
  }

  #cancel(task: Task): void {
    for (const attempts of [this.#deadlines.all(), this.#starting])
      for (const attempt of attempts)
        if (attempt.task === task && this.#release(attempt)) attempt.connection?.end();
    this.#forget(task);
    this.#wake();
  }

  #forget(task: Task): void {
    this.#tasks.delete(task);
    this.#schedule.remove(task);
    if (this.#tasks.size > 0) return;
    clearInterval(this.#ticker);
    clearTimeout(this.#rateTimer);
    this.#ticker = undefined;
    this.#rateTimer = undefined;
  }
}

/** From the start of a connection until now; undefined where it ended before the start was noted. */
function millisecondsOf({ deadline, timeout }: Attempt, now: number): number | undefined {
  return deadline === Number.POSITIVE_INFINITY ? undefined : now - (deadline - timeout);
}
