import type { AuditedWorkload } from '../../../api/audit-result.ts';
import { LAST_PORT } from '../../../domain/evaluate/port-classes.ts';
import { portKey } from '../../../domain/workload/declared-ports.ts';
import { rangeKey } from '../../../domain/workload/port-range.ts';
import { portsInWords } from '../../audit/in-words.ts';

/** What is known of a port in one respect: yes, no, yes for some peers, or nothing. */
export type Mark = 'yes' | 'no' | 'some' | 'unknown';

/** One row of a workload's picture. */
export interface PortRow {
  /** `8080/TCP`, `9000-9100/TCP`, `all others`. */
  label: string;
  declared: Mark;
  allowed: Mark;
  reachable: Mark;
  listening: Mark;
}

interface Ports {
  first: number;
  last: number;
  protocol: string;
}

/** Every port that anything is known of, by number, and last what holds for all others. */
export function portRows(workload: AuditedWorkload): PortRow[] {
  const { declared, declaredRanges, allowed, reachable, listening, connected } = workload;
  const ranges = (allowed.ports ?? []).filter(isNotAll);
  const single = [declared, reachable ?? [], listening ?? [], connected ?? []]
    .flat()
    .map(({ port, protocol }) => ({ first: port, last: port, protocol }));
  const used = workload.cuts.flatMap(({ port, protocol }) =>
    /^\d+$/.test(port) ? [{ first: Number(port), last: Number(port), protocol }] : [],
  );
  const all: Ports[] = [...single, ...used, ...declaredRanges, ...ranges];
  const distinct = [...new Map(all.map((each) => [rangeKey(each as never), each])).values()];
  const rows = distinct
    .sort((a, b) => a.first - b.first || a.last - b.last || (a.protocol < b.protocol ? -1 : 1))
    .map((ports) => ({
      label: portsInWords(ports as never),
      declared: isDeclared(workload, ports),
      allowed: isAllowed(workload, ports),
      reachable: among(reachable, ports),
      listening: among(listening, ports),
    }));
  return [...rows, ...others(allowed)];
}

function isNotAll({ first, last }: Ports): boolean {
  return first !== 1 || last !== LAST_PORT;
}

function isDeclared({ declared, declaredRanges }: AuditedWorkload, ports: Ports): Mark {
  const known = declared.map(({ port, protocol }) => ({ first: port, last: port, protocol }));
  return [...known, ...declaredRanges].some((each) => includes(each, ports)) ? 'yes' : 'no';
}

function isAllowed({ allowed }: AuditedWorkload, ports: Ports): Mark {
  if (allowed.verdict !== 'Some') return allowed.verdict === 'All' ? 'yes' : 'unknown';
  const found = (allowed.ports ?? []).filter((each) => includes(each, ports));
  if (found.length === 0) return 'no';
  return found.some(({ to }) => to === 'Everybody') ? 'yes' : 'some';
}

function among(
  ports: readonly { port: number; protocol: string }[] | null,
  { first, last, protocol }: Ports,
): Mark {
  if (ports === null) return 'unknown';
  const key = portKey(first, protocol);
  const isIn = first === last && ports.some((each) => portKey(each.port, each.protocol) === key);
  return isIn ? 'yes' : 'no';
}

function includes(range: Ports, { first, last, protocol }: Ports): boolean {
  return range.protocol === protocol && range.first <= first && last <= range.last;
}

/** Nothing isolates the pods, or nobody can tell: the row that matters most is that of the ports without a name. */
function others({ verdict, ports }: AuditedWorkload['allowed']): PortRow[] {
  const nothing = { declared: 'no', reachable: 'unknown', listening: 'unknown' } as const;
  if (verdict !== 'Some')
    return [{ label: 'all others', allowed: verdict === 'All' ? 'yes' : 'unknown', ...nothing }];
  return (ports ?? [])
    .filter((each) => !isNotAll(each))
    .map(({ protocol, to }) => ({
      label: `all ${protocol}`,
      allowed: to === 'Everybody' ? 'yes' : 'some',
      ...nothing,
    }));
}
