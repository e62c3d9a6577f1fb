import type { Protocol } from '../api/kubernetes.ts';
import type { Calibration } from './calibration.ts';
import { type Evidence, isConclusive, type Observed } from './evidence.ts';
import { type DeclaredPort, portKey } from './ports.ts';

export type Finding =
  | 'UndeclaredReachable'
  | 'DeclaredUnreachable'
  | 'DeclaredNotListening'
  | 'DeclaredUnused'
  | 'Unverifiable';

/** One row of the report. */
export interface PortRow {
  port: number;
  protocol: Protocol;
  declared: boolean;
  containers: readonly string[];
  expected: 'Allowed' | 'Denied' | 'Unknown';
  observed: Observed;
  finding?: Finding;
  message?: string;
  pods: number;
  /** Whether it was read under the policies of now; otherwise it is what was known before. */
  isCurrent: boolean;
}

/** What is expected of a connection from the prober, and the policies that say so. */
export type Expectation = (port: { port: number; protocol: Protocol; declared: boolean }) => {
  expected: 'Allowed' | 'Denied';
  by: readonly string[];
};

/** Rows for every declared port and every undeclared one that is reachable, worst first. */
export function portRows(
  declared: readonly DeclaredPort[],
  evidence: Evidence,
  expectation: Expectation,
  calibration: Calibration,
  unverifiable: string | undefined,
  unused: readonly DeclaredPort[],
): PortRow[] {
  const unusedKeys = new Set(unused.map(({ port, protocol }) => portKey(port, protocol)));
  const rows = declared.map((port) => {
    const row = declaredRow(port, evidence, expectation, calibration, unverifiable);
    const isUnused = unusedKeys.has(portKey(port.port, port.protocol));
    return isUnused && !row.finding ? { ...row, ...UNUSED } : row;
  });
  const declaredNumbers = declaredTcpPorts(declared);
  for (const port of evidence.seen) {
    const settled = evidence.settled.get(port);
    if (declaredNumbers.has(port) || settled?.observed !== 'Open') continue;
    rows.push(undeclaredRow(port, settled.pods, isCurrent(port, evidence, false), expectation));
  }
  return rows.sort(
    (a, b) => rank(a) - rank(b) || a.port - b.port || (a.protocol < b.protocol ? -1 : 1),
  );
}

const UNUSED = {
  finding: 'DeclaredUnused',
  message: 'Declared, but no Service, monitor, probe or annotation uses it',
} as const;

/** The numbers of the declared TCP ports: the ones that a connection can tell about. */
export function declaredTcpPorts(declared: readonly DeclaredPort[]): Set<number> {
  return new Set(declared.filter(({ protocol }) => protocol === 'TCP').map(({ port }) => port));
}

function declaredRow(
  { port, protocol, containers }: DeclaredPort,
  evidence: Evidence,
  expectation: Expectation,
  calibration: Calibration,
  unverifiable: string | undefined,
): PortRow {
  const { expected, by } = expectation({ port, protocol, declared: true });
  const row = { port, protocol, declared: true, containers, expected } as const;
  const reason =
    unverifiable ??
    (protocol === 'TCP' ? undefined : `A connection attempt proves nothing about ${protocol}`);
  if (reason)
    return {
      ...row,
      expected: 'Unknown',
      observed: 'Unknown',
      finding: 'Unverifiable',
      message: reason,
      pods: 0,
      isCurrent: true,
    };
  const settled = evidence.settled.get(port) ?? { observed: 'Unknown' as const, pods: 0 };
  const current = isCurrent(port, evidence, true);
  const finding = declaredFinding(settled.observed, expected, by, calibration);
  return { ...row, ...settled, ...(current ? finding : earlier(finding)), isCurrent: current };
}

function declaredFinding(
  observed: Observed,
  expected: 'Allowed' | 'Denied',
  by: readonly string[],
  calibration: Calibration,
): { finding?: Finding; message?: string } {
  if (observed === 'Filtered') {
    const closed = expected === 'Denied' ? `Closed by ${named(by)}` : 'No NetworkPolicy closes it';
    return {
      finding: 'DeclaredUnreachable',
      message: `${closed}; no answer came to a connection from the prober`,
    };
  }
  // Where denials are refusals, or nobody knows, a refusal does not tell a closed port from a denied one.
  const refusalsAreAnswers = calibration.state === 'Dropped' || calibration.state === 'NotEnforced';
  if (observed === 'Refused' && refusalsAreAnswers) {
    return { finding: 'DeclaredNotListening', message: 'Declared, but nothing listens on it' };
  }
  return {};
}

/** Whether the port was read often enough under the policies of now. */
function isCurrent(port: number, evidence: Evidence, declared: boolean): boolean {
  const latest = evidence.ports.get(port);
  return latest !== undefined && isConclusive(latest, declared);
}

/** A finding from before the policies or pods changed: still the last word, but not about the policies of now. */
function earlier<T extends { finding?: Finding; message?: string }>(found: T): T {
  const message = 'Seen before the policies or the pods changed; being probed again';
  return found.finding ? { ...found, message } : found;
}

function undeclaredRow(
  port: number,
  pods: number,
  current: boolean,
  expectation: Expectation,
): PortRow {
  const { expected, by } = expectation({ port, protocol: 'TCP', declared: false });
  const row: PortRow = {
    ...{ port, protocol: 'TCP', declared: false, containers: [], expected, observed: 'Open', pods },
    finding: 'UndeclaredReachable',
    message: undeclaredMessage(expected, by),
    isCurrent: current,
  };
  return current ? row : earlier(row);
}

function undeclaredMessage(expected: 'Allowed' | 'Denied', by: readonly string[]): string {
  if (expected === 'Denied')
    return `No NetworkPolicy allows it, yet a connection was made: the policy is not enforced`;
  if (by.length === 0) return 'No NetworkPolicy isolates the pods';
  return `Widened by ${named(by)}`;
}

const RANKS: Readonly<Record<Finding, number>> = {
  UndeclaredReachable: 0,
  DeclaredUnreachable: 1,
  DeclaredNotListening: 2,
  DeclaredUnused: 3,
  Unverifiable: 3,
};

function rank(row: PortRow): number {
  return row.finding ? RANKS[row.finding] : 4;
}

/** The first names of a list that may be long. */
function named(names: readonly string[]): string {
  const shown = names.slice(0, 3).join(', ');
  return names.length > 3 ? `${shown} and ${names.length - 3} more` : shown;
}
