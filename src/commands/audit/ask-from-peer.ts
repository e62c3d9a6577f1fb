import type { PortList } from '../../domain/exposure/port-list.ts';
import { parseRound } from '../peer/round.ts';
import type { Throwaway } from '../throwaway/throwaway.ts';
import type { Ask } from './probe-order.ts';

/** Asks from a pod of portlock's own, whose log says what became of it. */
export function askFromPeer(throwaway: Throwaway, pod: string): Ask {
  return async ({ addresses }, onAddress, signal) => {
    const missing = new Set(addresses.keys());
    for await (const line of throwaway.lines(pod, signal)) {
      for (const each of parseRound(line)?.addresses ?? []) {
        missing.delete(each.address);
        onAddress(each);
      }
      // The pod lives on: it is to delete the namespace, should nobody else.
      if (missing.size === 0) return;
    }
  };
}

/** The arguments of the pod that asks. */
export function peerArguments({ common, addresses, rate }: Parameters<Ask>[0]): readonly string[] {
  const asked = [...addresses].flatMap(([ip, ports]) => [
    '--ask',
    ports.length > 0 ? `${ip}=${ports.join(',')}` : ip,
  ]);
  return ['--rate', `${rate}`, '--common', textOf(common), ...asked];
}

function textOf(ports: PortList): string {
  return ports === 'all' ? ports : ports.join(',');
}
