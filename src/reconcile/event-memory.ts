import { type EventNote, tellsOfWrite } from '../domain/report/events.ts';

/** So many workloads are remembered; the oldest are forgotten, and may be told again. */
const CAPACITY = 10_000;

/** Remembers what was told of a workload, for the time when no report does. */
export class EventMemory {
  readonly #told = new Map<string, string>();

  /** Whether this was not the last thing told for that reason; remembers it. */
  isNews(workloadUid: string, event: EventNote): boolean {
    // Every write is told, however alike.
    if (tellsOfWrite(event)) return true;
    const { reason, note } = event;
    const key = `${workloadUid}/${reason}`;
    if (this.#told.get(key) === note) return false;
    this.#told.delete(key);
    this.#told.set(key, note);
    const [oldest] = this.#told.keys();
    if (this.#told.size > CAPACITY && oldest !== undefined) this.#told.delete(oldest);
    return true;
  }
}
