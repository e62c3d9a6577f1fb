import type { Protocol } from '../api/kubernetes.ts';
import type { Peer, Target } from './evaluate.ts';
import { allOf, anyOf, type Match } from './match.ts';
import { podMatch, portMatch } from './tier-match.ts';
import type { PortSelection, TieredPolicy } from './tiered-policy.ts';

/** A pod on the pod network. "Note that host-networked pods are not included in subject selection." */
export interface TieredTarget extends Target {
  namespaceLabels: Readonly<Record<string, string>>;
}

/** One way in which the evaluation of a tier may end. Next: with no decision. */
export interface Ending {
  outcome: 'Allowed' | 'Denied' | 'Next';
  /** The policy that leads there, as `Kind/name`; none where none speaks of the connection. */
  by: readonly string[];
  /** Why it may also end in another way. */
  doubt?: string | undefined;
}

/** What one policy leads to. Where it is certain to apply, nothing after it does. */
interface PolicyEndings {
  name: string;
  endings: readonly Ending[];
  certain: boolean;
}

type PortEndings = (port: number, protocol: Protocol) => PolicyEndings;

/**
 * All ways in which the policies of one tier may end, at least one, for a connection to a port: more
 * than one where the API leaves the result open, or where a policy has fields that are not known here.
 */
export function tierEndings(
  policies: readonly TieredPolicy[],
  target: TieredTarget,
  peer: Peer,
): (port: number, protocol: Protocol) => readonly Ending[] {
  const groups = byPriority(policies).map((group) =>
    group.map((policy) => policyEndings(policy, target, peer)),
  );
  return (port, protocol) => {
    const endings: Ending[] = [];
    for (const group of groups) {
      const all = group.map((endingsOf) => endingsOf(port, protocol));
      endings.push(...groupEndings(all.filter((each) => each.endings.length > 0)));
      if (all.some(({ certain }) => certain)) return endings;
    }
    return [...endings, { outcome: 'Next', by: [] }];
  };
}

/**
 * "Policies with lower priority values have higher precedence, and are checked before policies with
 * higher priority values." The kind that has no priority has one object in a cluster.
 */
function byPriority(policies: readonly TieredPolicy[]): TieredPolicy[][] {
  const groups = Map.groupBy(policies, ({ spec }) => spec?.priority ?? Number.MAX_SAFE_INTEGER);
  return [...groups].sort(([a], [b]) => a - b).map(([, group]) => group);
}

/**
 * "If two (or more) policies with the same priority could both match a connection, then the
 * implementation can apply any of the matching policies to the connection, and there is no way for
 * the user to reliably determine which one it will choose."
 */
function groupEndings(applying: readonly PolicyEndings[]): Ending[] {
  const names = applying.map(({ name }) => name).sort();
  const tie = names.length > 1 ? `${names.join(' and ')} have the same priority` : undefined;
  return applying.flatMap(({ endings }) =>
    endings.map((ending) => ({ ...ending, doubt: ending.doubt ?? tie })),
  );
}

function policyEndings(policy: TieredPolicy, target: TieredTarget, peer: Peer): PortEndings {
  const { kind, metadata, spec } = policy;
  const name = `${kind}/${metadata?.name ?? ''}`;
  const subject = policySelects(policy, target);
  const source = peer.labels && {
    namespaceLabels: peer.namespaceLabels ?? {},
    labels: peer.labels,
  };
  // "If any element matches the source of incoming traffic then the specified action is applied."
  const rules = (spec?.ingress ?? []).map((rule) => ({
    outcomes: outcomesOf(rule?.action),
    match: allOf([subject, anyOf((rule?.from ?? []).map((each) => podMatch(each, source)))]),
    ports: [...(rule?.ports ?? []), ...(rule?.protocols ?? [])],
  }));
  // "… the relative precedence … will be determined by the order in which the rule is written."
  return (port, protocol) => {
    const endings: Ending[] = [];
    for (const { outcomes, match, ports } of rules) {
      const applies = allOf([match, portsMatch(ports, target, port, protocol)]);
      if (applies === 'No') continue;
      const known = applies === 'Yes' && outcomes.length === 1;
      const doubt = known ? undefined : `${name} says what is not understood here`;
      endings.push(...outcomes.map((outcome) => ({ outcome, by: [name], doubt })));
      if (known) return { name, endings, certain: true };
    }
    return { name, endings, certain: false };
  };
}

/** Whether a policy is about a pod. */
export function policySelects(policy: TieredPolicy, target: TieredTarget): Match {
  return allOf([tierMatch(policy), podMatch(policy.spec?.subject ?? null, target)]);
}

/** Whether any rule of a policy may deny somebody a connection to a port. */
export function policyMayDeny(
  policy: TieredPolicy,
  target: TieredTarget,
  port: number,
  protocol: Protocol,
): boolean {
  if (policySelects(policy, target) === 'No') return false;
  return (policy.spec?.ingress ?? []).some(
    (rule) =>
      outcomesOf(rule?.action).includes('Denied') &&
      portsMatch([...(rule?.ports ?? []), ...(rule?.protocols ?? [])], target, port, protocol) !==
        'No',
  );
}

/** "ClusterNetworkPolicy can use 2 of these tiers: Admin and Baseline." */
function tierMatch({ kind, spec }: TieredPolicy): Match {
  const known = kind !== 'ClusterNetworkPolicy' || ['Admin', 'Baseline'].includes(spec?.tier ?? '');
  return known ? 'Yes' : 'Unknown';
}

/** "If Ports is not set then the rule does not filter traffic via port." */
function portsMatch(
  ports: readonly PortSelection[],
  target: Target,
  port: number,
  protocol: Protocol,
): Match {
  if (ports.length === 0) return 'Yes';
  return anyOf(ports.map((each) => portMatch(each, target, port, protocol)));
}

/**
 * "Allow: allows the selected traffic (even if it would otherwise have been denied by NetworkPolicy).
 * Deny: denies the selected traffic. Pass: instructs the selected traffic to skip any remaining ANP
 * rules, and then pass execution to any NetworkPolicies that select the pod." Allow is Accept in a
 * ClusterNetworkPolicy. Another action may lead anywhere.
 */
function outcomesOf(action: string | undefined): readonly Ending['outcome'][] {
  switch (action) {
    case 'Allow':
    case 'Accept':
      return ['Allowed'];
    case 'Deny':
      return ['Denied'];
    case 'Pass':
      return ['Next'];
    default:
      return ['Allowed', 'Denied', 'Next'];
  }
}
