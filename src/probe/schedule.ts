import type { Priority } from './job.ts';
import type { NodeRates } from './node-rates.ts';
import type { Task } from './task.ts';

/**
 * Of the connections that may be under way, a sixteenth, at most 256, is kept free of sweeps, so that a
 * check never waits for one to end.
 */
function limitForSweeps(limit: number): number {
  return limit - Math.min(Math.floor(limit / 16), 256);
}

/**
 * Whose connection is started next: checks before sweeps, and tasks of one priority in turn. None
 * has more under way than its share, so that a silent host cannot hold what others wait for.
 */
export class Schedule {
  /** Tasks with ports to take, next one first. */
  readonly #waiting: Record<Priority, Set<Task>> = { check: new Set(), sweep: new Set() };
  readonly #nodes: NodeRates;

  constructor(nodes: NodeRates) {
    this.#nodes = nodes;
  }

  /** Puts a task in line, if it has ports to take and is not in line yet. */
  offer(task: Task): void {
    if (task.hasPortsToTake) this.#waiting[task.priority].add(task);
  }

  remove(task: Task): void {
    this.#waiting[task.priority].delete(task);
  }

  /**
   * The task to take one port of; undefined where nobody may start a connection now.
   * @param inFlight connections under way; @param limit how many may be; @param now in ms, monotonic
   */
  next(inFlight: number, limit: number, now: number): Task | undefined {
    return (
      this.#nextOf('check', inFlight, limit, now) ??
      this.#nextOf('sweep', inFlight, limitForSweeps(limit), now)
    );
  }

  #nextOf(priority: Priority, inFlight: number, limit: number, now: number): Task | undefined {
    if (inFlight >= limit) return undefined;
    const waiting = this.#waiting[priority];
    const share = Math.ceil(limit / waiting.size);
    for (const task of waiting) {
      if (!task.hasPortsToTake) {
        waiting.delete(task);
        continue;
      }
      if (task.inFlight >= Math.min(share, task.limit.at(now)) || !task.mayStart(now)) continue;
      if (!this.#nodes.allows(task.node, now)) continue;
      waiting.delete(task);
      waiting.add(task);
      return task;
    }
    return undefined;
  }
}
