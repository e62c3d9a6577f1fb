import type { PortExposureReport } from '../../api/port-exposure-report.ts';
import type { Role } from '../snapshot.ts';
import { sameJson } from '../text/same-json.ts';
import type { ConditionType, Status } from './conditions.ts';

/**
 * A status has three writers, each with fields of its own. They tell what the leader decided about the policy, what
 * the replica that probes the pods saw, and what another one saw of them from its own node.
 */
export type Part = 'policy' | 'probe' | 'secondProbe';

const FIELDS = {
  policy: ['mode', 'policy', 'brake'],
  probe: [
    'observedGeneration',
    'targetGeneration',
    'summary',
    'ports',
    'portsOmitted',
    'policies',
    'probe',
    'beforePolicy',
  ],
  secondProbe: ['secondProbe'],
} as const satisfies Record<Part, readonly string[]>;

const CONDITIONS: Readonly<Record<Part, readonly ConditionType[]>> = {
  policy: ['Stalled', 'PolicyInSync', 'PreflightPassed'],
  probe: ['Ready', 'Reconciling', 'EnforcementVerified', 'DriftDetected'],
  secondProbe: [],
};

/** The parts that a replica writes. The one that probes takes away what a second one left behind. */
export function partsOf(role: Role): Part[] {
  return [
    ...(role.policy ? (['policy'] as const) : []),
    ...(role.probe ? (['probe'] as const) : []),
    ...(role.probe || role.secondProbe ? (['secondProbe'] as const) : []),
  ];
}

/** The fields and conditions of a part. */
export function partOf(status: Status | undefined, part: Part): Status {
  const fields = Object.entries(status ?? {}).filter(([field]) =>
    (FIELDS[part] as readonly string[]).includes(field),
  );
  const conditions = (status?.conditions ?? []).filter(({ type }) =>
    (CONDITIONS[part] as readonly string[]).includes(type),
  );
  const hasConditions = CONDITIONS[part].length > 0;
  return { ...Object.fromEntries(fields), ...(hasConditions && { conditions }) };
}

/**
 * What is written of a part. Server-side apply keeps a list in the order in which it came, and Ready is to be the first
 * condition: until who probes says it, the leader does, and from then on it is theirs alone.
 */
export function partToWrite(
  status: Status | undefined,
  part: Part,
  live: PortExposureReport | undefined,
): Status {
  const written = partOf(status, part);
  if (part !== 'policy' || live?.status?.summary !== undefined) return written;
  const first = (status?.conditions ?? []).filter(({ type }) =>
    ['Ready', 'Reconciling'].includes(type),
  );
  return { ...written, conditions: [...first, ...(written.conditions ?? [])] };
}

/** Whether a live report already says the same in that part. */
export function samePart(
  desired: PortExposureReport,
  live: PortExposureReport | undefined,
  part: Part,
): boolean {
  return sameJson(comparable(live, part), comparable(desired, part));
}

function comparable(report: PortExposureReport | undefined, part: Part): unknown {
  const { conditions = [], ...fields } = partOf(report?.status, part);
  // Two writers add to the list of conditions, so its order tells nothing.
  const sorted = conditions.toSorted((a, b) => (a.type < b.type ? -1 : 1));
  return withoutEmptyLists({ ...fields, conditions: sorted });
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
