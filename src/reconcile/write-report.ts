import { FIELD_MANAGER, REPORT_MANAGERS } from '../api/names.ts';
import type { PortExposureReport } from '../api/port-exposure-report.ts';
import type { ReportStep } from '../domain/plan.ts';
import { type Part, partsOf, partToWrite, samePart } from '../domain/report/report-parts.ts';
import type { Snapshot } from '../domain/snapshot.ts';
import { sameJson } from '../domain/text/same-json.ts';
import { isNotFound } from '../kube/errors.ts';
import { projectReport } from '../kube/report-projection.ts';
import { REPORTS } from '../kube/resources.ts';
import type { Context } from './context.ts';
import { deleteObject } from './delete-object.ts';

/** Writes what of the report is this replica's and not so yet, or deletes it. Does nothing while reports are not served. */
export async function writeReport(
  step: ReportStep,
  snapshot: Snapshot,
  context: Context,
  signal: AbortSignal,
): Promise<void> {
  if (!context.reports.served()) return;
  if (step.do === 'delete') {
    // Whatever was written to it since, it is to go.
    const { resourceVersion: _, ...which } = step.live.metadata;
    await deleteObject(REPORTS, which, context, signal);
    const { namespace } = snapshot.key;
    context.caches.writtenReports.deleted({ namespace, name: which.name });
  }
  if (step.do !== 'ensure') return;
  try {
    await ensureReport(step, snapshot, context, signal);
  } catch (error) {
    // The definition was taken away this moment; policies are kept without it.
    if (!(isNotFound(error) && !context.reports.served())) throw error;
  }
}

async function ensureReport(
  { report, live }: ReportStep & { do: 'ensure' },
  { role }: Snapshot,
  context: Context,
  signal: AbortSignal,
): Promise<void> {
  const parts = partsOf(role).filter((part) => !samePart(report, live, part));
  const { ownerReferences } = report.metadata;
  const isOwned = live && sameJson(live.metadata.ownerReferences, ownerReferences);
  // The second probe only adds to a report that others keep.
  if (!isOwned && !role.policy && !role.probe) return;
  if (!isOwned) await applyReport(report, context, signal);
  for (const part of parts) {
    const status = partToWrite(report.status, part, live);
    await applyPart({ ...report, status }, part, context, signal);
  }
}

/** The report itself, without what it says. */
async function applyReport(
  { status: _status, ...report }: PortExposureReport,
  context: Context,
  signal: AbortSignal,
): Promise<void> {
  const options = { fieldManager: FIELD_MANAGER, conflicts: 'force', signal } as const;
  const written = await context.client.apply(REPORTS, report, options);
  context.caches.writtenReports.wrote(projectReport(written));
}

/** A part of what it says, which is all of the status here. */
async function applyPart(
  { apiVersion, kind, metadata, status }: PortExposureReport,
  part: Part,
  context: Context,
  signal: AbortSignal,
): Promise<void> {
  const { name, namespace = '' } = metadata;
  const body = { apiVersion, kind, metadata: { name, namespace }, status };
  const written = await context.client.apply(REPORTS, body, {
    fieldManager: REPORT_MANAGERS[part],
    conflicts: 'force',
    subresource: 'status',
    signal,
  });
  context.caches.writtenReports.wrote(projectReport(written));
}
