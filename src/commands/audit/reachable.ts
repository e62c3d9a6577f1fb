import type { Peer } from '../../domain/evaluate/network-policy.ts';
import { sourceOver } from '../../domain/evaluate/network-policy.ts';
import { tieredDecisions } from '../../domain/evaluate/tiers.ts';
import { familyOf } from '../../domain/match/ip-family.ts';
import type { Snapshots } from '../manifests/snapshots.ts';
import type { AskedAddress } from '../peer/round.ts';
import type { Evidence, ReachablePort } from './evidence.ts';
import { inForce } from './exposure-findings.ts';
import { isDeclared, type Subject } from './subjects.ts';

/** What connections to the addresses of a pod have shown. */
export function reachableOf(
  { audited, pod }: Subject,
  asked: ReadonlyMap<string, AskedAddress>,
  peer: Peer | undefined,
  snapshots: Snapshots,
): Pick<Evidence, 'reachable' | 'doubts'> {
  const seen = pod.ips.flatMap((ip) => asked.get(ip) ?? []);
  const doubts = seen.flatMap(({ address, doubt }) =>
    doubt ? [`${pod.namespace}/${pod.name} at ${address}: ${doubt}`] : [],
  );
  if (seen.length < pod.ips.length)
    doubts.push(`nothing was told of ${pod.namespace}/${pod.name}: it was not asked to the end`);
  if (doubts.length > 0) return { reachable: undefined, doubts };
  const expect = expectationOf({ audited, pod }, peer, snapshots);
  const open = seen.flatMap(({ address, outcomes }) =>
    [...outcomes].flatMap(([port, outcome]) =>
      outcome === 'open'
        ? [{ port, declared: isDeclared(audited, port), expected: expect(port, address) }]
        : [],
    ),
  );
  return { reachable: oncePerPort(open), doubts };
}

/** Over two IP families, and in pods of several templates, what speaks against the network counts. */
export function oncePerPort(open: readonly ReachablePort[]): ReachablePort[] {
  const byPort = new Map<number, ReachablePort>();
  for (const each of open)
    if (!byPort.has(each.port) || each.expected === 'Denied') byPort.set(each.port, each);
  return [...byPort.values()].sort((a, b) => a.port - b.port);
}

function expectationOf(
  { audited, pod }: Subject,
  peer: Peer | undefined,
  snapshots: Snapshots,
): (port: number, address: string) => ReachablePort['expected'] {
  const { targets, selecting } = inForce(audited.judged, snapshots);
  const target = targets.find(({ labels }) => labels === pod.labels) ?? targets[0];
  const isUnknown = audited.exposure.allowed === 'unknown' && selecting.pluginPolicies.length > 0;
  const hasGap = snapshots.gaps.some(({ concern }) => concern === 'policies');
  if (peer === undefined || target === undefined || isUnknown || hasGap) return () => 'Unknown';
  return (port, address) =>
    tieredDecisions(selecting, sourceOver(peer, familyOf(address)))(target)(port, 'TCP').verdict;
}
