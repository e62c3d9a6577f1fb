import type { PortList } from '../../domain/exposure/port-list.ts';
import { WELL_KNOWN_PORTS } from '../../domain/probing/well-known-ports.ts';
import type { InsideView } from './inside.ts';
import type { Place } from './lookup.ts';
import type { Target } from './target.ts';

/** Which ports of a place are asked. */
export interface PlannedScan {
  place: Place;
  asked: PortList;
  /** Asked first: declared and well-known ports, and those that something inside listens on. */
  first: readonly number[];
  /** Whether the user named the ports. */
  isNamed: boolean;
  /** Later than the sweeps, and also for the ports that they found open. */
  isFollower: boolean;
}

/**
 * Plans the probing of each place. Ports that the user named are asked everywhere. Otherwise a pod or
 * an address is asked for all 65,535, and so is one pod of each template of a workload; its other
 * pods and those of a range are asked for declared and well-known ones, as the operator does.
 */
export function planScans(
  target: Target,
  places: readonly Place[],
  ports: PortList | undefined,
  insides: ReadonlyMap<string, InsideView>,
): PlannedScan[] {
  const swept = new Map<string, string>();
  return places.map((place) => {
    const first = firstPorts(place, insides);
    const common = { place, first, isNamed: ports !== undefined && ports !== 'all' };
    if (ports !== undefined) return { ...common, asked: ports, isFollower: false };
    const { templateHash = '', uid = place.address } = place.found?.pod ?? {};
    if (!swept.has(templateHash)) swept.set(templateHash, uid);
    const isAll =
      target.kind === 'pod' || target.kind === 'address' || swept.get(templateHash) === uid;
    if (isAll && target.kind !== 'range') return { ...common, asked: 'all', isFollower: false };
    return { ...common, asked: first, isFollower: target.kind !== 'range' };
  });
}

function firstPorts({ found }: Place, insides: ReadonlyMap<string, InsideView>): readonly number[] {
  const declared = (found?.declared ?? []).filter(({ protocol }) => protocol === 'TCP');
  const listeners = insides.get(found?.pod.uid ?? '')?.listeners ?? [];
  const ports = [...declared, ...listeners].map(({ port }) => port);
  return [...new Set([...ports, ...WELL_KNOWN_PORTS])].sort((a, b) => a - b);
}
