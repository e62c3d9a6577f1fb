import type { PortList } from '../../domain/exposure/port-list.ts';
import { isLoopback } from '../../domain/exposure/socket-table.ts';
import { WELL_KNOWN_PORTS } from '../../domain/probing/well-known-ports.ts';
import type { AskedAddress } from '../peer/round.ts';
import type { Inside } from './look-inside.ts';
import type { Subject } from './subjects.ts';

/** What is asked of which addresses. */
export interface ProbeOrder {
  /** Asked at each address. */
  common: PortList;
  /** With the ports that are asked there alone. */
  addresses: ReadonlyMap<string, readonly number[]>;
  /** Connections a second; 0 for as many as go. */
  rate: number;
}

/** Asks, and calls for each address that is done. */
export type Ask = (
  order: ProbeOrder,
  onAddress: (asked: AskedAddress) => void,
  signal: AbortSignal,
) => Promise<void>;

/** Whose owner allows it, and to whom policies apply. */
export function mayBeProbed({ audited, pod }: Subject): boolean {
  return audited.judged.settings.probe && !pod.hostNetwork;
}

/** Declared and well-known ports, and those on which something inside listens; or those that the user names. */
export function orderOf(
  subjects: readonly Subject[],
  insides: ReadonlyMap<Subject, Inside>,
  named: PortList | undefined,
  rate: number,
): ProbeOrder {
  const addresses = new Map<string, readonly number[]>();
  for (const subject of subjects) {
    const { declared } = subject.audited.judged.asked;
    const heard = insides.get(subject)?.listening ?? [];
    const own = [
      ...declared.filter(({ protocol }) => protocol === 'TCP'),
      ...heard.filter(({ address }) => !isLoopback(address)),
    ].map(({ port }) => port);
    for (const ip of subject.pod.ips)
      addresses.set(ip, named === undefined ? [...new Set(own)].sort((a, b) => a - b) : []);
  }
  return { common: named ?? WELL_KNOWN_PORTS, addresses, rate };
}
