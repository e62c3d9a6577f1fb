import { FairQueue } from './fair-queue.ts';
import { PRIORITIES, type Priority, sooner } from './priorities.ts';

/** One turn in so many goes to what would be later, each in turn, or it would never come where changes never end. */
const TURNS_A_CYCLE = 8;

/** What becomes of a key that is added: `moved` is one that waited already, for later. */
type Addition = 'added' | 'moved' | 'kept';

/** Keys that wait, each once: those of a priority before those of the next; within it the groups take turns. */
export class WaitingKeys {
  readonly #queues: Readonly<Record<Priority, FairQueue>>;
  #turns = 0;

  constructor(groupOf: (key: string) => string) {
    const queue = () => new FairQueue(groupOf);
    this.#queues = { change: queue(), resync: queue(), rest: queue() };
  }

  get size(): number {
    return PRIORITIES.reduce((sum, each) => sum + this.#queues[each].size, 0);
  }

  /** How many keys of a priority wait. */
  sizeOf(priority: Priority): number {
    return this.#queues[priority].size;
  }

  /** Adds a key, or moves one that waits to where it goes earlier. */
  add(key: string, priority: Priority): Addition {
    const waits = PRIORITIES.find((each) => this.#queues[each].has(key));
    if (waits !== undefined && sooner(waits, priority) === waits) return 'kept';
    if (waits !== undefined) this.#queues[waits].remove(key);
    this.#queues[priority].push(key);
    return waits === undefined ? 'added' : 'moved';
  }

  /** Takes the next key of these priorities, from the first to the last. */
  take(from: readonly Priority[]): [key: string, priority: Priority] | undefined {
    const waiting = from.filter((each) => this.#queues[each].size > 0);
    const [first, ...others] = waiting;
    const isTurnOfOthers = (this.#turns + 1) % TURNS_A_CYCLE === 0 && others.length > 0;
    const cycles = Math.floor(this.#turns / TURNS_A_CYCLE);
    const priority = isTurnOfOthers ? others[cycles % others.length] : first;
    const key = priority && this.#queues[priority].shift();
    if (priority === undefined || key === undefined) return undefined;
    this.#turns += 1;
    return [key, priority];
  }

  clear(): void {
    for (const each of PRIORITIES) this.#queues[each].clear();
  }
}
