import type { Protocol } from '../../api/kubernetes.ts';
import type { Expectation } from '../evaluate/expectation.ts';
import type { Verdict } from '../evaluate/tiers.ts';
import type { IpFamily } from '../match/ip-family.ts';
import type { Calibration } from '../probing/calibration.ts';
import {
  type Evidence,
  isConclusive,
  type Observation,
  type Observed,
  type SettledObservation,
} from '../probing/evidence.ts';
import { type DeclaredPort, declaredTcpPorts, portKey } from '../workload/declared-ports.ts';
import { isInRange, type PortRange } from '../workload/port-range.ts';
import { type ExpectedOver, expectedOver } from './expected-over.ts';
import { type Finding, type Situation, verdictOf } from './verdict-table.ts';

/** One row of the report. */
export interface PortRow {
  port: number;
  protocol: Protocol;
  declared: boolean;
  containers: readonly string[];
  expected: Verdict;
  observed: Observed;
  finding?: Finding;
  message?: string;
  pods: number;
  /** Where the pods have addresses of both families and it was observed over one: that one. */
  families?: readonly IpFamily[];
  /** Of what was observed: since when it is the same, and when it was last read, in ms since the epoch. */
  firstSeen?: number;
  lastSeen?: number;
  /** Whether it was read under the policies of now; otherwise it is what was known before. */
  isCurrent: boolean;
  /** The node from which it was seen, where that is the second probe's, and what was observed from this one. */
  fromNode?: string;
  observedHere?: Observed;
}

/** What the rows are made from. */
export interface RowsInput {
  declared: readonly DeclaredPort[];
  /** Ranges that the owner lists: of a port in one that answers nothing is to be said but that. */
  ranges: readonly PortRange[];
  evidence: Evidence;
  expectation: Expectation;
  /** Those of the pods' addresses, at least one. */
  families: readonly IpFamily[];
  calibration: Calibration;
  /** Why nothing can be told of any port. */
  unverifiable: string | undefined;
  unused: readonly DeclaredPort[];
}

/** Rows for every declared port and every undeclared one that is reachable, worst first. */
export function portRows(input: RowsInput): PortRow[] {
  const { declared, evidence } = input;
  const unusedKeys = new Set(input.unused.map(({ port, protocol }) => portKey(port, protocol)));
  const rows = declared.map((port) => {
    const row = declaredRow(port, input);
    const isUnused = unusedKeys.has(portKey(port.port, port.protocol));
    return isUnused && !row.finding ? { ...row, ...UNUSED } : row;
  });
  const declaredNumbers = declaredTcpPorts(declared);
  for (const port of evidence.seen) {
    const settled = evidence.settled.get(port);
    if (declaredNumbers.has(port) || settled?.observed !== 'Open') continue;
    const isListed = input.ranges.some((range) => isInRange(range, { port, protocol: 'TCP' }));
    const subject = { port, protocol: 'TCP', declared: isListed, containers: [] } as const;
    rows.push(observedRow(subject, settled, input));
  }
  return rows.sort(worstFirst);
}

/** The order of the rows. */
export function worstFirst(a: PortRow, b: PortRow): number {
  return rank(a) - rank(b) || a.port - b.port || (a.protocol < b.protocol ? -1 : 1);
}

export type DriftFinding = Extract<Finding, 'UndeclaredReachable' | 'DeclaredUnreachable'>;

/** Whether a finding says that something differs from the declaration. */
export function isDriftFinding(finding: Finding | undefined): finding is DriftFinding {
  return finding === 'UndeclaredReachable' || finding === 'DeclaredUnreachable';
}

/** Whether a row says so under the policies of now. */
export function isDrift({ finding, isCurrent }: PortRow): boolean {
  return isCurrent && isDriftFinding(finding);
}

const UNUSED = {
  finding: 'DeclaredUnused',
  message: 'Declared, but no Service, monitor, probe or annotation uses it',
} as const;

function declaredRow({ port, protocol, containers }: DeclaredPort, input: RowsInput): PortRow {
  const { evidence, unverifiable } = input;
  const reason =
    unverifiable ??
    (protocol === 'TCP' ? undefined : `A connection attempt proves nothing about ${protocol}`);
  if (reason)
    return {
      port,
      protocol,
      declared: true,
      containers,
      expected: 'Unknown',
      observed: 'Unknown',
      finding: 'Unverifiable',
      message: reason,
      pods: 0,
      isCurrent: true,
    };
  const settled = evidence.settled.get(port) ?? { observed: 'Unknown' as const, pods: 0 };
  return observedRow({ port, protocol, declared: true, containers }, settled, input);
}

/** A row of a TCP port, with what was observed of it last. */
function observedRow(
  subject: Pick<PortRow, 'port' | 'protocol' | 'declared' | 'containers'>,
  settled: Observation & Partial<SettledObservation>,
  { evidence, expectation, calibration, families }: RowsInput,
): PortRow {
  const { families: only, ...seen } = settled;
  const over = expectedOver(expectation, subject, families, only);
  const { declared, port } = subject;
  const { expected } = over;
  const current = isCurrent(port, evidence, declared);
  const situation = { declared, expected, observed: seen.observed, calibration: calibration.state };
  const finding = findingOf(situation, over);
  return {
    ...subject,
    expected,
    ...seen,
    ...(over.only && { families: [over.only] }),
    ...(current ? finding : earlier(finding)),
    isCurrent: current,
  };
}

/** What the table says of a port, in words. */
function findingOf(
  situation: Situation,
  { by, why, family }: ExpectedOver,
): { finding?: Finding; message?: string } {
  const { finding, meaning } = verdictOf(situation);
  if (!finding) return {};
  const nobody = situation.expected === 'Allowed' && by.length === 0;
  const message =
    nobody && finding === 'UndeclaredReachable'
      ? 'No NetworkPolicy isolates the pods'
      : meaning
          .replace('{by}', () => named(by))
          .replace('{why}', () => why ?? '')
          .replace('{over}', family ? ` over ${family}` : '');
  return { finding, message };
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
export function named(names: readonly string[]): string {
  const shown = names.slice(0, 3).join(', ');
  return names.length > 3 ? `${shown} and ${names.length - 3} more` : shown;
}
