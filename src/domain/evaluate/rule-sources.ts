import type { NetworkPolicyPeer } from '../../api/kubernetes.ts';
import { blockFamily } from '../match/ip-block.ts';
import { allOf } from '../match/match.ts';
import {
  holdsNothing,
  type LabelRegion,
  regionMatch,
  regionOfLabels,
  regionOfSelector,
} from './label-region.ts';
import { rulePeers } from './network-policy.ts';
import type { ReadRule } from './read-tiered-policy.ts';
import type { TieredTarget } from './tier-endings.ts';
import type { SourceMatch } from './tier-match.ts';
import type { PodSelection } from './tiered-policy.ts';

/**
 * Whom rules are about, as sources of connections, each with its rules. A source is everybody whom one peer of the
 * rules holds. Another peer matches all of them, none, or (Unknown) perhaps some. A rule about nobody has none.
 */
export function sourcesOfRules(
  rules: readonly ReadRule[],
): { source: SourceMatch; rules: ReadonlySet<ReadRule> }[] {
  const peers = rules.flatMap((rule) => rule.from.map((peer) => ({ peer, rule })));
  const distinct = Map.groupBy(peers, ({ peer }) => JSON.stringify(peer));
  return [...distinct.values()].flatMap((same) => {
    const [first] = same;
    const sources = first?.peer ? selectedSources(first.peer) : [SOMEBODY];
    return sources.map((source) => ({ source, rules: new Set(same.map(({ rule }) => rule)) }));
  });
}

/** Whom a rule of a NetworkPolicy is about, in the same way. */
export function sourcesOfIngressRule(
  rule: Parameters<typeof rulePeers>[0],
  { namespaceLabels }: TieredTarget,
): SourceMatch[] {
  const peers = rulePeers(rule);
  if (peers.length === 0) return [SOMEBODY];
  return peers.flatMap((peer) => peerSources(peer, namespaceLabels));
}

/** A source of which nothing is known, a pod or none. */
const SOMEBODY: SourceMatch = () => 'Unknown';

function selectedSources({ namespaces, pods }: PodSelection): SourceMatch[] {
  const namespaceSelector = namespaces ?? pods?.namespaceSelector ?? {};
  const podSelector = pods?.podSelector ?? {};
  if (holdsNothing(namespaceSelector) || holdsNothing(podSelector)) return [];
  return [regionSource(regionOfSelector(namespaceSelector), regionOfSelector(podSelector))];
}

function peerSources(
  { ipBlock, namespaceSelector, podSelector }: NetworkPolicyPeer,
  ownNamespace: Readonly<Record<string, string>>,
): SourceMatch[] {
  if (ipBlock) return blockFamily(ipBlock) ? [SOMEBODY] : [];
  if (namespaceSelector)
    return selectedSources({ pods: { namespaceSelector, podSelector: podSelector ?? {} } });
  if (!podSelector || holdsNothing(podSelector)) return [];
  return [regionSource(regionOfLabels(ownNamespace), regionOfSelector(podSelector))];
}

function regionSource(namespaceLabels: LabelRegion, labels: LabelRegion): SourceMatch {
  return (peer) => {
    if (!peer) return 'Unknown';
    if (peer.namespaces) return regionMatch(peer.namespaces, namespaceLabels);
    return allOf([
      regionMatch(peer.pods?.namespaceSelector ?? {}, namespaceLabels),
      regionMatch(peer.pods?.podSelector ?? {}, labels),
    ]);
  };
}
