import type { Protocol } from '../../api/kubernetes.ts';
import { portKey } from './declared-ports.ts';
import type { ListedPort } from './port-text.ts';

/** Ports of one protocol from the first to the last, both included; a single port is both. */
export interface PortRange<Named extends string = Protocol> {
  first: number;
  last: number;
  protocol: Named;
}

/** A port, or a range as the owner lists it: ports that happen to follow each other are not made into one. */
export type AllowedPort = ListedPort | PortRange;

export function rangeOf(allowed: AllowedPort): PortRange {
  if ('first' in allowed) return allowed;
  return { first: allowed.port, last: allowed.port, protocol: allowed.protocol };
}

export function isInRange(
  { first, last, protocol }: PortRange,
  port: { port: number | string; protocol: string },
): boolean {
  return (
    typeof port.port === 'number' &&
    port.protocol === protocol &&
    port.port >= first &&
    port.port <= last
  );
}

/** Every port of a range, up to 65,535 of them. */
export function portsOfRange({ first, last, protocol }: PortRange): ListedPort[] {
  return Array.from({ length: last - first + 1 }, (_, index) => ({
    port: first + index,
    protocol,
  }));
}

/** Whether each port of a range is in one of the others. */
export function isCovered(range: PortRange, others: readonly PortRange[]): boolean {
  return startsWithin(range, others).every((port) => others.some((each) => isInRange(each, port)));
}

/** The ports of a range, in no order, up to each of which and from which on the same of the others contain its ports. */
export function startsWithin(
  { first, last, protocol }: PortRange,
  others: readonly PortRange[],
): ListedPort[] {
  const edges =
    first === last
      ? []
      : others
          .filter((each) => each.protocol === protocol)
          .flatMap((each) => [each.first, each.last + 1])
          .filter((edge) => edge > first && edge <= last);
  return [first, ...new Set(edges)].map((port) => ({ port, protocol }));
}

/** `50100-50200/UDP`, or `53/UDP` for a single port: how portlock writes and keys a range. */
export function rangeKey({ first, last, protocol }: PortRange): string {
  return portKey(first === last ? first : `${first}-${last}`, protocol);
}

/** Orders by the first port, then the last, then protocol by name. */
export function byRange(a: PortRange, b: PortRange): number {
  return (
    a.first - b.first ||
    a.last - b.last ||
    (a.protocol < b.protocol ? -1 : a.protocol > b.protocol ? 1 : 0)
  );
}
