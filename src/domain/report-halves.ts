import type { PortExposureReport } from '../api/port-exposure-report.ts';
import { canonicalJson } from './canonical.ts';
import type { ConditionType, Status } from './conditions.ts';

/**
 * A status has two writers, each with fields of its own: what the leader decided about the policy, and
 * what the replica that probes the pods saw.
 */
export type Half = 'policy' | 'probe';

const FIELDS = {
  policy: ['mode', 'policy', 'brake'],
  probe: [
    ...['observedGeneration', 'targetGeneration', 'summary', 'ports', 'portsOmitted'],
    ...['policies', 'probe'],
  ],
} as const satisfies Record<Half, readonly string[]>;

const CONDITIONS: Readonly<Record<Half, readonly ConditionType[]>> = {
  policy: ['Stalled', 'PolicyInSync', 'PreflightPassed'],
  probe: ['Ready', 'Reconciling', 'EnforcementVerified', 'DriftDetected'],
};

/** The fields and conditions of a half. */
export function halfOf(status: Status | undefined, half: Half): Status {
  const fields = Object.entries(status ?? {}).filter(([field]) =>
    (FIELDS[half] as readonly string[]).includes(field),
  );
  const conditions = (status?.conditions ?? []).filter(({ type }) =>
    (CONDITIONS[half] as readonly string[]).includes(type),
  );
  return { ...Object.fromEntries(fields), conditions };
}

/** Whether a live report already says the same in that half. */
export function sameHalf(
  desired: PortExposureReport,
  live: PortExposureReport | undefined,
  half: Half,
): boolean {
  return canonicalHalf(live, half) === canonicalHalf(desired, half);
}

function canonicalHalf(report: PortExposureReport | undefined, half: Half): string {
  const { conditions = [], ...fields } = halfOf(report?.status, half);
  // Two writers add to the list of conditions, so its order tells nothing.
  const sorted = conditions.toSorted((a, b) => (a.type < b.type ? -1 : 1));
  return canonicalJson(withoutEmptyLists({ ...fields, conditions: sorted }));
}

/** An empty list and none are the same to a reader, and not always kept apart by server-side apply. */
function withoutEmptyLists(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutEmptyLists);
  if (typeof value !== 'object' || value === null) return value;
  const fields = Object.entries(value).filter(([, field]) => !isEmptyList(field));
  return Object.fromEntries(fields.map(([key, field]) => [key, withoutEmptyLists(field)]));
}

function isEmptyList(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0;
}
