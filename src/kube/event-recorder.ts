import { randomUUID } from 'node:crypto';
import { REPORTING_CONTROLLER } from '../api/names.ts';
import type { EventNote } from '../domain/event-notes.ts';
import type { Workload } from '../domain/workload.ts';
import type { KubeClient } from './client.ts';
import { EVENTS } from './resources.ts';

/** Writes Events about workloads. An Event that cannot be written is logged and forgotten: whatever a person must act on is in the report too. */
export class EventRecorder {
  readonly #client: KubeClient;
  readonly #instance: string;
  readonly #onError: (error: unknown) => void;

  /** @param instance the name of this pod */
  constructor(client: KubeClient, instance: string, onError: (error: unknown) => void) {
    this.#client = client;
    this.#instance = instance;
    this.#onError = onError;
  }

  async record(workload: Workload, event: EventNote, signal: AbortSignal): Promise<void> {
    const { apiVersion, kind, namespace, name, uid } = workload;
    try {
      await this.#client.create(
        EVENTS,
        {
          apiVersion: 'events.k8s.io/v1',
          kind: 'Event',
          metadata: { name: eventName(name), namespace },
          // MicroTime: six digits, or the server answers 400.
          eventTime: new Date().toISOString().replace('Z', '000Z'),
          reportingController: REPORTING_CONTROLLER,
          reportingInstance: this.#instance.slice(0, 128),
          regarding: { apiVersion, kind, namespace, name, uid },
          ...{ action: event.action, reason: event.reason, type: event.type, note: event.note },
        },
        { signal },
      );
    } catch (error) {
      this.#onError(error);
    }
  }
}

/** A unique name that starts with the workload's, cut so that it stays a valid one. */
function eventName(workloadName: string): string {
  return `${workloadName.slice(0, 200).replace(/[-.]+$/, '')}.${randomUUID()}`;
}
