import type { NetworkPolicy, NetworkPolicyPeer, Protocol } from '../../api/kubernetes.ts';
import { canonicalJson } from '../text/canonical.ts';
import { sameJson } from '../text/same-json.ts';
import { allowedPorts } from './allowed-ports.ts';
import { explainPolicy } from './explain-policy.ts';
import { LAST_PORT, PROTOCOLS, portClasses } from './port-classes.ts';
import type { TieredTarget } from './tier-endings.ts';

/** Who may connect to a port: everybody, or those whom any of these entries is about; nobody where there is none. */
export type Reach = 'everybody' | readonly NetworkPolicyPeer[];

/** Ports of one protocol, both ends included, of which the reach is another one. */
export interface ReachChange {
  protocol: Protocol;
  first: number;
  last: number;
  before: Reach;
  after: Reach;
}

/**
 * Where two sets of NetworkPolicies let others in to a pod, by port. Sources are compared as they are written, so two
 * ways to say the same are a change.
 */
export function reachChanges(
  before: readonly NetworkPolicy[],
  after: readonly NetworkPolicy[],
  target: TieredTarget,
): ReachChange[] {
  const ranges = [before, after].flatMap((policies) => allowedPorts(policies, target) ?? []);
  // With nothing declared, the first port of every class.
  const starts = portClasses([])(ranges).undeclared;
  return PROTOCOLS.flatMap((protocol) => {
    const firsts = starts.filter((each) => each.protocol === protocol).map(({ port }) => port);
    const changes = firsts.map(
      (first, index): ReachChange => ({
        protocol,
        first,
        last: (firsts[index + 1] ?? LAST_PORT + 1) - 1,
        before: reachOf(before, target, first, protocol),
        after: reachOf(after, target, first, protocol),
      }),
    );
    return joined(changes.filter((each) => !sameJson(each.before, each.after)));
  });
}

function reachOf(
  policies: readonly NetworkPolicy[],
  target: TieredTarget,
  port: number,
  protocol: Protocol,
): Reach {
  const explained = policies
    .map((policy) => explainPolicy(policy, target, { port, protocol, from: undefined }))
    .filter(({ isolates }) => isolates.match === 'Yes');
  const rules = explained.flatMap((each) => each.rules).filter(({ letsIn }) => letsIn !== 'No');
  if (explained.length === 0 || rules.some(({ letsIn }) => letsIn === 'Yes')) return 'everybody';
  const peers = rules.flatMap(({ from }) => from.value as NetworkPolicyPeer[]);
  const distinct = new Map(peers.map((peer) => [canonicalJson(peer), peer]));
  return [...distinct].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, peer]) => peer);
}

/** Neighbours that change in the same way are one. */
function joined(changes: readonly ReachChange[]): ReachChange[] {
  const found: ReachChange[] = [];
  for (const each of changes) {
    const last = found.at(-1);
    const isNext =
      last?.last === each.first - 1 &&
      sameJson(last.before, each.before) &&
      sameJson(last.after, each.after);
    if (last && isNext) last.last = each.last;
    else found.push({ ...each });
  }
  return found;
}
