import { type EventNote, failureEvent } from '../domain/report/events.ts';
import type { Snapshot } from '../domain/snapshot.ts';
import { WORKLOAD_KINDS } from '../domain/workload/workload.ts';
import type { Regarded } from '../kube/event-recorder.ts';
import type { Caches } from './caches.ts';
import type { Context } from './context.ts';
import { deservesEvent, policyFailure } from './write-failure.ts';

/** Writes Events about a workload, of those that are news; about one that is gone, none. */
export async function tellEvents(
  events: readonly EventNote[],
  { workload }: Snapshot,
  { events: recorder, reports, caches }: Context,
  signal: AbortSignal,
): Promise<void> {
  if (!workload) return;
  for (const event of events) {
    const regarded =
      event.about === undefined ? workload : regardedBy(event.about, workload.namespace, caches);
    if (regarded && reports.isNews(regarded.uid, event))
      await recorder.record(regarded, event, signal);
  }
}

/** A workload or pod of the namespace, as `Kind/name`; undefined where it is gone, or of another kind. */
function regardedBy(about: string, namespace: string, caches: Caches): Regarded | undefined {
  const [given, name = ''] = about.split('/');
  const kind = WORKLOAD_KINDS.find((each) => each === given);
  if (kind) return caches.workload({ kind, namespace, name });
  const pod = given === 'Pod' ? caches.pods.get(`${namespace}/${name}`) : undefined;
  return pod && { apiVersion: 'v1', kind: 'Pod', namespace, name, uid: pod.uid };
}

/** One Event with the server's own sentence, unless that passes by itself. */
export function failureEvents(
  reason: 'PolicyWriteFailed' | 'ReportWriteFailed',
  error: unknown,
): EventNote[] {
  return deservesEvent(error) ? [failureEvent(reason, policyFailure(error).message)] : [];
}
