import type { PortExposureReport } from '../../api/port-exposure-report.ts';
import { grantsOf } from '../policy/grants.ts';
import type { PolicyStep } from '../policy/policy-step.ts';
import type { Snapshot } from '../snapshot.ts';
import { canonicalJson } from '../text/canonical.ts';
import { visible } from '../text/visible-text.ts';
import { rangeKey } from '../workload/port-range.ts';
import { unknownAnnotationsInWords } from '../workload/unknown-annotations.ts';
import { conditionOf } from './conditions.ts';
import type { EventReason } from './event-reasons.ts';

/** An Event on the workload. The reason is one of a short list, which docs/events.md documents. */
export interface EventNote {
  type: 'Normal' | 'Warning';
  reason: EventReason;
  action: 'ApplyPolicy' | 'DeletePolicy' | 'Reconcile' | 'WriteReport' | 'Probe';
  note: string;
  /** Whom it is told about, as `Kind/name`, where that is not the workload. */
  about?: string;
}

/**
 * What is told of a step that was done: an edit by somebody else is told apart from a change of mind.
 *
 * @param closed what is to be said of ports that a first policy closes, for the end of the sentence
 */
export function policyEvents(snapshot: Snapshot, step: PolicyStep, closed = ''): EventNote[] {
  if (step.do === 'nothing') return [];
  if (step.do === 'delete') {
    const note = `Deleted the NetworkPolicy ${step.live.metadata.name}`;
    return [{ type: 'Normal', reason: 'PolicyDeleted', action: 'DeletePolicy', note }];
  }
  const { name } = step.policy.metadata;
  const ports = grantsOf(step.policy) ?? [];
  if (isRevert(snapshot, step)) {
    const what = step.live ? 'edited' : 'deleted';
    const note = `The NetworkPolicy ${name} was ${what} by somebody else and was put back`;
    return [{ type: 'Warning', reason: 'PolicyReverted', action: 'ApplyPolicy', note }];
  }
  const shown = ports.slice(0, 24).map(rangeKey);
  const more = ports.length > shown.length ? ` and ${ports.length - shown.length} more` : '';
  const note = `Applied the NetworkPolicy ${name}: only ${shown.join(', ')}${more} may be reached${closed}`;
  return [{ type: 'Normal', reason: 'PolicyApplied', action: 'ApplyPolicy', note: short(note) }];
}

/** Whether an Event tells of a write of the policy, which no later look would find again. */
export function tellsOfWrite({ action }: EventNote): boolean {
  return action === 'ApplyPolicy' || action === 'DeletePolicy';
}

/** What is told where the API server refuses a write: its own sentence. */
export function failureEvent(
  reason: 'PolicyWriteFailed' | 'ReportWriteFailed',
  message: string,
): EventNote {
  const action = reason === 'ReportWriteFailed' ? 'WriteReport' : 'Reconcile';
  return { type: 'Warning', reason, action, note: short(message) };
}

/** Whether the policy is put back as this process last saw it, after somebody else changed it. */
export function isRevert(snapshot: Snapshot, step: PolicyStep): boolean {
  return step.do === 'apply' && snapshot.lastApplied === canonicalJson(step.policy);
}

/**
 * What is told when a condition changes: a person may have to act, and reports are not always watched.
 * @param ended what is said of cuts that were accepted until some day
 */
export function reportEvents(
  snapshot: Snapshot,
  next: PortExposureReport,
  ended: readonly string[] = [],
): EventNote[] {
  const { role, report: previous, policyFailure } = snapshot;
  // Who wrote it was told what went wrong.
  if (policyFailure) return role.probe ? driftEvents(previous, next) : [];
  return [
    ...(role.policy ? waitingEvents(previous, next) : []),
    ...(role.policy ? unknownAnnotationEvents(snapshot) : []),
    ...(role.policy ? endedEvents(previous, ended) : []),
    ...(role.probe ? driftEvents(previous, next) : []),
  ];
}

function waitingEvents(
  previous: PortExposureReport | undefined,
  next: PortExposureReport,
): EventNote[] {
  const notes: EventNote[] = [];
  const stalled = conditionOf(next, 'Stalled');
  const stalledBefore = conditionOf(previous, 'Stalled');
  if (
    stalled?.status === 'True' &&
    !(stalledBefore?.status === 'True' && stalledBefore.message === stalled.message)
  ) {
    notes.push({
      type: 'Warning',
      reason: stalled.reason as EventReason,
      action: 'Reconcile',
      note: short(stalled.message),
    });
  }
  const held = heldInWords(next);
  if (held && heldInWords(previous)?.message !== held.message) {
    const note = short(held.message);
    notes.push({ type: 'Warning', reason: held.reason, action: 'Reconcile', note });
  }
  return notes;
}

/** What enforcement waits for; undefined where it does not. */
function heldInWords(report: PortExposureReport | undefined) {
  const { reason, message = '' } = conditionOf(report, 'PolicyInSync') ?? {};
  if (reason === 'WouldWiden') return { reason, message } as const;
  if (reason !== 'PreflightFailed') return undefined;
  const found = conditionOf(report, 'PreflightPassed')?.message ?? '';
  return { reason, message: `Enforcement waits: ${found}` } as const;
}

/** Told once: from then on the report says so. */
function unknownAnnotationEvents({ workload, report }: Snapshot): EventNote[] {
  const note = workload ? unknownAnnotationsInWords(workload) : '';
  const isTold = conditionOf(report, 'PolicyInSync')?.message.includes(note) ?? false;
  if (note === '' || isTold) return [];
  return [{ type: 'Warning', reason: 'UnknownAnnotation', action: 'Reconcile', note: short(note) }];
}

/** Told once each, as above. */
function endedEvents(
  previous: PortExposureReport | undefined,
  ended: readonly string[],
): EventNote[] {
  const told = conditionOf(previous, 'PreflightPassed')?.message ?? '';
  return ended
    .filter((note) => !told.includes(note))
    .map((note) => {
      const sentence = short(`T${note.slice(1)}`);
      return { type: 'Warning', reason: 'AcceptedCutEnded', action: 'Reconcile', note: sentence };
    });
}

function driftEvents(
  previous: PortExposureReport | undefined,
  next: PortExposureReport,
): EventNote[] {
  const notes: EventNote[] = [];
  const drift = conditionOf(next, 'DriftDetected');
  const isTold = isDriftTold(previous);
  if (drift?.status === 'True' && !isTold) {
    notes.push({
      type: 'Warning',
      reason: 'DriftDetected',
      action: 'Probe',
      note: short(drift.message),
    });
  }
  if (drift?.status === 'False' && isTold) {
    notes.push({
      type: 'Normal',
      reason: 'DriftResolved',
      action: 'Probe',
      note: short(drift.message),
    });
  }
  return notes;
}

/** Whether drift was told and has not been resolved: while it is probed again its rows stay. */
function isDriftTold(report: PortExposureReport | undefined): boolean {
  const { status, reason } = conditionOf(report, 'DriftDetected') ?? {};
  if (status === 'True') return true;
  const { undeclaredReachable = 0, declaredUnreachable = 0 } = report?.status?.summary ?? {};
  return reason === 'Probing' && undeclaredReachable + declaredUnreachable > 0;
}

/** Shown in lists and terminals; "note can be at most 1kB" (events.k8s.io/v1): in bytes of UTF-8, of which a cut leaves whole characters. */
export function short(text: string): string {
  const shown = visible(text);
  const bytes = Buffer.from(shown);
  if (bytes.length <= 1000) return shown;
  return `${new TextDecoder().decode(bytes.subarray(0, 997), { stream: true })}…`;
}
