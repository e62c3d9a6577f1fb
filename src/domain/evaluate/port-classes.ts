import type { Protocol } from '../../api/kubernetes.ts';
import { byPortThenProtocol, portKey } from '../workload/declared-ports.ts';
import type { WrittenRange } from './network-policy.ts';

export interface Port {
  port: number;
  protocol: Protocol;
}

export const PROTOCOLS: readonly Protocol[] = ['TCP', 'UDP', 'SCTP'];
export const LAST_PORT = 65_535;

/** Of every class, one port that is declared and one that is not, where there are such. */
export type PortClasses = Record<'declared' | 'undeclared', readonly Port[]>;

/**
 * Ports that stand for all others. What ranges say of a port they say of its whole class: the ports that no
 * range tells apart. Sorted, and the lowest of each class.
 *
 * @returns the classes that any ranges make
 */
export function portClasses(
  declared: readonly Port[],
): (ranges: readonly WrittenRange[]) => PortClasses {
  const numbers = new Map(
    PROTOCOLS.map((protocol) => [
      protocol,
      new Set(
        ascending(declared.filter((each) => each.protocol === protocol).map(({ port }) => port)),
      ),
    ]),
  );
  return (ranges) => {
    const found: Record<keyof PortClasses, Port[]> = { declared: [], undeclared: [] };
    for (const [protocol, ports] of numbers) {
      const starts = startsOf(ranges, protocol);
      for (const [index, start] of starts.entries()) {
        const end = (starts[index + 1] ?? LAST_PORT + 1) - 1;
        const first = ports.values().find((port) => port >= start && port <= end);
        if (first !== undefined) found.declared.push({ port: first, protocol });
        let port = start;
        while (ports.has(port)) port += 1;
        if (port <= end) found.undeclared.push({ port, protocol });
      }
    }
    return {
      declared: found.declared.sort(byPortThenProtocol),
      undeclared: found.undeclared.sort(byPortThenProtocol),
    };
  };
}

/** Whether a range is one port, and that is declared. */
export function declaredAlone(declared: readonly Port[]): (range: WrittenRange) => boolean {
  const keys = new Set(declared.map(({ port, protocol }) => portKey(port, protocol)));
  return ({ first, last, protocol }) => first === last && keys.has(portKey(first, protocol));
}

/** Where the classes of a protocol's ports begin. */
function startsOf(ranges: readonly WrittenRange[], protocol: Protocol): number[] {
  const starts = [1];
  for (const range of ranges) {
    if (range.protocol !== protocol) continue;
    for (const edge of [range.first, range.last + 1])
      if (edge > 1 && edge <= LAST_PORT) starts.push(edge);
  }
  return ascending(starts);
}

function ascending(numbers: readonly number[]): number[] {
  return [...new Set(numbers)].sort((a, b) => a - b);
}
