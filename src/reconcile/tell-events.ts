import { type EventNote, failureEvent } from '../domain/report/events.ts';
import type { Snapshot } from '../domain/snapshot.ts';
import type { Context } from './context.ts';
import { deservesEvent, policyFailure } from './write-failure.ts';

/** Writes Events about a workload, of those that are news; about one that is gone, none. */
export async function tellEvents(
  events: readonly EventNote[],
  { workload }: Snapshot,
  { events: recorder, reports }: Context,
  signal: AbortSignal,
): Promise<void> {
  if (!workload) return;
  for (const event of events)
    if (reports.isNews(workload.uid, event)) await recorder.record(workload, event, signal);
}

/** One Event with the server's own sentence, unless that passes by itself. */
export function failureEvents(
  reason: 'PolicyWriteFailed' | 'ReportWriteFailed',
  error: unknown,
): EventNote[] {
  return deservesEvent(error) ? [failureEvent(reason, policyFailure(error).message)] : [];
}
