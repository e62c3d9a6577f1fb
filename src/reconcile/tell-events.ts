import { decisionId } from '../domain/report/decision-id.ts';
import { type EventNote, failureEvent } from '../domain/report/events.ts';
import type { Snapshot } from '../domain/snapshot.ts';
import { WORKLOAD_KINDS } from '../domain/workload/workload.ts';
import type { DecisionNote, Regarded } from '../kube/event-recorder.ts';
import type { Caches } from './caches.ts';
import type { Context } from './context.ts';
import { deservesEvent, policyFailure } from './write-failure.ts';

/** Tells of decisions about a workload, of those that are news; about one that is gone, of none. */
export async function tellEvents(
  events: readonly EventNote[],
  { workload }: Snapshot,
  context: Context,
  signal: AbortSignal,
): Promise<void> {
  if (!workload) return;
  const { reports, caches } = context;
  for (const event of events) {
    const regarded =
      event.about === undefined ? workload : regardedBy(event.about, workload.namespace, caches);
    if (!regarded || !reports.isNews(regarded.uid, event)) continue;
    const subject = { uid: regarded.uid, generation: workload.generation };
    const decision = decisionId(subject, event);
    await tell(regarded, { ...event, decision }, context, signal);
  }
}

/** In an Event, and in a line of the log that has its id. */
async function tell(
  regarded: Regarded,
  event: DecisionNote,
  { events: recorder, log }: Context,
  signal: AbortSignal,
): Promise<void> {
  const isRepeated = await recorder.record(regarded, event, signal);
  const { kind, namespace, name } = regarded;
  const { type, reason, note, decision } = event;
  // A series has one Event: who changes something in a loop does not fill the log, either.
  const level = isRepeated ? 'debug' : type === 'Warning' ? 'warn' : 'info';
  log.log(level, note, { decision, reason, kind, namespace, name });
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
