import { randomUUID } from 'node:crypto';
import { DECISION_ANNOTATION, FIELD_MANAGER, REPORTING_CONTROLLER } from '../api/names.ts';
import type { EventNote } from '../domain/report/events.ts';
import type { Workload } from '../domain/workload/workload.ts';
import type { KubeClient } from './client.ts';
import { EVENTS } from './resources.ts';

export interface EventRecorderOptions {
  client: KubeClient;
  /** The name of this pod. */
  instance: string;
  onError: (error: unknown) => void;
  /** Milliseconds between two writes about the same finding, and how long a series lasts without one; 10 minutes where not given. */
  window?: number;
  /** Milliseconds since the epoch. */
  now?: () => number;
}

/** What an Event is about. */
export type Regarded = Pick<Workload, 'apiVersion' | 'namespace' | 'name' | 'uid'> & {
  kind: string;
};

/** An Event, and the id of the decision that it tells of. */
export type DecisionNote = EventNote & { decision: string };

/** What was told of one workload for one reason: the last Event, and what has come since. */
interface Series {
  namespace: string;
  name: string;
  note: string;
  /** How many Events of this reason were made since the series began. */
  events: number;
  /** How often the last one was told, and how often when it was last written. */
  count: number;
  writtenCount: number;
  writtenAt: number;
  lastObservedAt: number;
  timer: NodeJS.Timeout | undefined;
}

const WINDOW_MILLISECONDS = 600_000;
/** So many different notes of one reason get an Event each; what comes after counts up the last one. */
const MAXIMUM_EVENTS = 3;
/** So many series are remembered; the oldest are forgotten, and would begin anew. */
const CAPACITY = 10_000;

/**
 * Writes Events about workloads. What is told again is counted up in the `series` of its Event: "data
 * about the Event series this event represents" (events.k8s.io/v1), with one write in ten minutes. So
 * whoever changes something in a loop makes neither a stream of Events nor one of requests.
 *
 * An Event that cannot be written is logged and forgotten: whatever a person must act on is in the report too.
 */
export class EventRecorder {
  readonly #options: EventRecorderOptions;
  readonly #window: number;
  readonly #now: () => number;
  readonly #series = new Map<string, Series>();

  constructor(options: EventRecorderOptions) {
    this.#options = options;
    this.#window = options.window ?? WINDOW_MILLISECONDS;
    this.#now = options.now ?? Date.now;
  }

  /**
   * Tells of something: in an Event of its own, or as one more of a series.
   * @returns whether it is one more of a series
   */
  async record(workload: Regarded, event: DecisionNote, signal: AbortSignal): Promise<boolean> {
    const key = `${workload.uid}/${event.type}/${event.action}/${event.reason}`;
    const now = this.#now();
    const known = this.#series.get(key);
    const current = known && now - known.lastObservedAt < this.#window ? known : undefined;
    if (known && !current) this.#forget(key);
    const isGathered = current?.note === event.note || (current?.events ?? 0) >= MAXIMUM_EVENTS;
    if (current && isGathered) {
      current.count += 1;
      current.lastObservedAt = now;
      await this.#writeWhenDue(key, current, signal);
      return true;
    }
    const name = eventName(workload.name);
    if (!(await this.#create(name, workload, event, now, signal))) return false;
    const { namespace } = workload;
    this.#remember(key, {
      namespace,
      name,
      note: event.note,
      events: (current?.events ?? 0) + 1,
      count: 1,
      writtenCount: 1,
      writtenAt: now,
      lastObservedAt: now,
      timer: undefined,
    });
    return false;
  }

  /** Writes what was counted and is not written yet, as before the end of the process. */
  async flush(signal: AbortSignal): Promise<void> {
    for (const [key, series] of this.#series) await this.#write(key, series, signal);
  }

  async #writeWhenDue(key: string, series: Series, signal: AbortSignal): Promise<void> {
    const wait = series.writtenAt + this.#window - this.#now();
    if (wait <= 0) await this.#write(key, series, signal);
    else series.timer ??= setTimeout(() => void this.#write(key, series, signal), wait).unref();
  }

  async #write(key: string, series: Series, signal: AbortSignal): Promise<void> {
    clearTimeout(series.timer);
    series.timer = undefined;
    const { namespace, name, count, lastObservedAt } = series;
    if (count === series.writtenCount || signal.aborted) return;
    series.writtenCount = count;
    series.writtenAt = this.#now();
    try {
      await this.#options.client.apply(
        EVENTS,
        {
          apiVersion: 'events.k8s.io/v1',
          kind: 'Event',
          metadata: { name, namespace },
          series: { count, lastObservedTime: microTime(lastObservedAt) },
        },
        { fieldManager: FIELD_MANAGER, conflicts: 'force', signal },
      );
    } catch (error) {
      // Events live for an hour: where this one is gone, the next is a new one.
      this.#forget(key);
      if (!signal.aborted) this.#options.onError(error);
    }
  }

  async #create(
    eventName: string,
    { apiVersion, kind, namespace, name, uid }: Regarded,
    { action, reason, type, note, decision }: DecisionNote,
    now: number,
    signal: AbortSignal,
  ): Promise<boolean> {
    try {
      await this.#options.client.create(
        EVENTS,
        {
          apiVersion: 'events.k8s.io/v1',
          kind: 'Event',
          metadata: {
            name: eventName,
            namespace,
            annotations: { [DECISION_ANNOTATION]: decision },
          },
          eventTime: microTime(now),
          reportingController: REPORTING_CONTROLLER,
          reportingInstance: this.#options.instance.slice(0, 128),
          regarding: { apiVersion, kind, namespace, name, uid },
          action,
          reason,
          type,
          note,
        },
        { fieldManager: FIELD_MANAGER, signal },
      );
      return true;
    } catch (error) {
      this.#options.onError(error);
      return false;
    }
  }

  #remember(key: string, series: Series): void {
    this.#forget(key);
    this.#series.set(key, series);
    const [oldest] = this.#series.keys();
    if (this.#series.size > CAPACITY && oldest !== undefined) this.#forget(oldest);
  }

  #forget(key: string): void {
    clearTimeout(this.#series.get(key)?.timer);
    this.#series.delete(key);
  }
}

/** A MicroTime: six digits, or the server answers 400. */
function microTime(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace('Z', '000Z');
}

/** A unique name that starts with the workload's, cut so that it stays a valid one. */
function eventName(workloadName: string): string {
  return `${workloadName.slice(0, 200).replace(/[-.]+$/, '')}.${randomUUID()}`;
}
