import { NodeRates } from '../../src/probe/node-rates.ts';
import type { Rates } from '../../src/probe/options.ts';
import { RateLimit } from '../../src/probe/rate-limit.ts';
import { Schedule } from '../../src/probe/schedule.ts';
import { type Taken, Task, type Work } from '../../src/probe/task.ts';

/** In ms: what a connection to a locked pod is waited for, and what an answer takes. */
const SILENCE = 125;
const ANSWER = 1;
const IN_FLIGHT = 8_192;

interface Attempt {
  task: Task;
  taken: Taken;
  endsAt: number;
}

/** The engine's schedule and rates, with a network that is a matter of arithmetic: declared ports answer, others do not. */
export class SimulatedEngine {
  /** Connections so far. */
  started = 0;
  readonly #rate: RateLimit;
  readonly #nodes: NodeRates;
  readonly #schedule: Schedule;
  readonly #done = new Map<Task, (now: number) => void>();
  /** All wait for as long, so they end in the order in which they began. */
  #silent: Attempt[] = [];

  constructor({ connectionsPerSecond, connectionsPerSecondToNode }: Rates) {
    this.#rate = new RateLimit(connectionsPerSecond);
    this.#nodes = new NodeRates(connectionsPerSecondToNode);
    this.#schedule = new Schedule(this.#nodes);
  }

  probe(work: Work, done: (now: number) => void): void {
    const task = new Task(work, SILENCE, IN_FLIGHT);
    this.#done.set(task, done);
    this.#schedule.offer(task);
  }

  /** Ends what is over, and starts what may be started now. @param now in ms */
  step(now: number): void {
    const next = this.#silent.findIndex(({ endsAt }) => endsAt > now);
    const over = next === -1 ? this.#silent.splice(0) : this.#silent.splice(0, next);
    for (const { task, taken } of over) this.#settle(task, taken, 'filtered', now);
    while (this.#rate.availableAt() <= now) {
      const task = this.#schedule.next(this.#silent.length, IN_FLIGHT, now);
      const taken = task?.take(now);
      if (!task || !taken) break;
      this.#rate.take(now);
      this.#nodes.take(task.node, now);
      this.started += 1;
      task.started(now);
      this.#rate.started(now);
      this.#nodes.started(now);
      if (taken.port === 8080) this.#settle(task, taken, 'open', now);
      else this.#silent.push({ task, taken, endsAt: now + SILENCE });
    }
  }

  #settle(task: Task, taken: Taken, outcome: 'open' | 'filtered', now: number): void {
    task.settle(taken, outcome, '', now, outcome === 'open' ? ANSWER : undefined);
    if (!task.isDone) this.#schedule.offer(task);
    else {
      this.#done.get(task)?.(now);
      this.#done.delete(task);
    }
  }
}
