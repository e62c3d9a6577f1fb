import { isSelector } from '../match/label-selector.ts';
import { anything, closed, integer, listOf, text, union } from '../match/wire-shape.ts';
import type { WrittenRange } from './network-policy.ts';
import type {
  DestinationPort,
  PodSelection,
  PortSelection,
  TieredPolicy,
  TieredPolicyRule,
  TieredPolicySpec,
} from './tiered-policy.ts';

/** How a rule ends the evaluation of its tier. Next: with no decision. */
export type Outcome = 'Allowed' | 'Denied' | 'Next';

export type Tier = 'Admin' | 'Baseline';

/** A port of a pod by the name that its container gives it, or ports by number. */
export type PortSet = WrittenRange | { name: string };

/** A rule as it is read. What is undefined in it may be anything. */
export interface ReadRule {
  /** More than one where it is not known what the action does. */
  outcomes: readonly Outcome[];
  from: readonly (PodSelection | undefined)[];
  /** None where the rule is about every port. */
  ports: readonly (PortSet | undefined)[];
}

/** A policy of the admin or baseline tier as it is read. */
export interface ReadPolicy {
  /** `Kind/name`. */
  name: string;
  /** Undefined where it is not known when the policy is asked. */
  tier: Tier | undefined;
  /** "Policies with lower priority values have higher precedence". */
  priority: number;
  /** Undefined where it is not known whom the policy is about. */
  subject: PodSelection | undefined;
  rules: readonly ReadRule[];
}

/** Fields that are known, and of which nothing is read: a rule's name does nothing, and egress is not about ingress. */
const ignored = anything;

const isSelection = union({
  namespaces: isSelector,
  pods: closed({ namespaceSelector: isSelector, podSelector: isSelector }),
});
const isDestination = closed({
  destinationPort: union({ number: integer, range: closed({ start: integer, end: integer }) }),
});
const isPort = union({
  portNumber: closed({ protocol: text, port: integer }),
  portRange: closed({ protocol: text, start: integer, end: integer }),
  namedPort: text,
  tcp: isDestination,
  udp: isDestination,
  sctp: isDestination,
  destinationNamedPort: text,
});
const list = listOf(anything);
const isRule = closed({ name: ignored, action: text, from: list, ports: list, protocols: list });
const isSpec = closed({
  tier: text,
  priority: integer,
  subject: anything,
  ingress: list,
  egress: ignored,
});

const ANY_OUTCOME: readonly Outcome[] = ['Allowed', 'Denied', 'Next'];

/** A rule that may do anything to anybody. */
const ANY_RULE: ReadRule = { outcomes: ANY_OUTCOME, from: [undefined], ports: [] };

/**
 * Reads a policy as somebody wrote it. "If an implementation sees no fields are set then it can infer that the
 * deployed CRD is of an incompatible version with an unknown field": a part with fields that are not known
 * here may mean anything, as what enforces the policy may know them. Never throws.
 */
export function readTieredPolicy(policy: TieredPolicy): ReadPolicy {
  const { spec } = policy;
  const isKnown = isSpec(spec ?? {});
  const selection = spec?.subject;
  return {
    name: tieredPolicyName(policy),
    ...(isKnown ? placeOf(policy) : { tier: undefined, priority: LAST }),
    subject: isSelection(selection) ? selection : undefined,
    rules: isKnown ? (spec?.ingress ?? []).map(readRule) : [ANY_RULE],
  };
}

/** `Kind/name`. */
export function tieredPolicyName({ kind, metadata }: TieredPolicy): string {
  return `${kind}/${metadata?.name ?? ''}`;
}

/** Whether all that a policy says is known here. */
export function isUnderstood({ tier, subject, rules }: ReadPolicy): boolean {
  const isWhole = ({ outcomes, from, ports }: ReadRule) =>
    outcomes.length === 1 && !from.includes(undefined) && !ports.includes(undefined);
  return tier !== undefined && subject !== undefined && rules.every(isWhole);
}

const LAST = Number.MAX_SAFE_INTEGER;

/** "ClusterNetworkPolicy can use 2 of these tiers: Admin and Baseline." The other kinds are the tier. */
function placeOf({ kind, spec }: TieredPolicy): Pick<ReadPolicy, 'tier' | 'priority'> {
  const { tier, priority } = spec ?? ({} as Partial<TieredPolicySpec>);
  // The kind that has no priority has one object in a cluster.
  if (kind === 'BaselineAdminNetworkPolicy') return { tier: 'Baseline', priority: LAST };
  const asked = kind === 'AdminNetworkPolicy' ? 'Admin' : tier;
  const isPlaced = typeof priority === 'number' && (asked === 'Admin' || asked === 'Baseline');
  return isPlaced ? { tier: asked, priority } : { tier: undefined, priority: LAST };
}

function readRule(rule: TieredPolicyRule | null): ReadRule {
  // An entry that is null is read as an empty one, which matches nobody.
  const { action, from, ports, protocols } = rule ?? ({} as Partial<TieredPolicyRule>);
  const outcomes = outcomesOf(action);
  // No version of the API has both fields for ports.
  if (!isRule(rule ?? {}) || (ports?.length && protocols?.length))
    return { outcomes, from: [undefined], ports: [] };
  return {
    outcomes,
    from: (from ?? []).map((each) => (isSelection(each) ? each : undefined)),
    ports: [...(ports ?? []), ...(protocols ?? [])].map(readPorts),
  };
}

/**
 * "Allow: allows the selected traffic (even if it would otherwise have been denied by NetworkPolicy).
 * Deny: denies the selected traffic. Pass: instructs the selected traffic to skip any remaining ANP
 * rules, and then pass execution to any NetworkPolicies that select the pod." Allow is Accept in a
 * ClusterNetworkPolicy. Another action may lead anywhere.
 */
function outcomesOf(action: string | undefined): readonly Outcome[] {
  switch (action) {
    case 'Allow':
    case 'Accept':
      return ['Allowed'];
    case 'Deny':
      return ['Denied'];
    case 'Pass':
      return ['Next'];
    default:
      return ANY_OUTCOME;
  }
}

function readPorts(selection: PortSelection): PortSet | undefined {
  if (!isPort(selection)) return undefined;
  const { portNumber, portRange, tcp, udp } = selection;
  // "If not specified, this field defaults to TCP."
  if (portNumber) {
    const { protocol, port } = portNumber;
    return { protocol: protocol ?? 'TCP', first: port, last: port };
  }
  // "PortRange defines an inclusive range of ports from the assigned Start value to End value."
  if (portRange) {
    const { protocol, start, end } = portRange;
    return { protocol: protocol ?? 'TCP', first: start, last: end };
  }
  const name = selection.namedPort ?? selection.destinationNamedPort;
  if (name !== undefined) return { name };
  const destination = (tcp ?? udp ?? selection.sctp)?.destinationPort;
  return { protocol: tcp ? 'TCP' : udp ? 'UDP' : 'SCTP', ...rangeOf(destination) };
}

/** "If destinationPort is omitted, all ports for the specified protocol match." */
function rangeOf(destination: DestinationPort | null | undefined): Omit<WrittenRange, 'protocol'> {
  if (typeof destination?.number === 'number')
    return { first: destination.number, last: destination.number };
  const range = destination?.range;
  return range ? { first: range.start, last: range.end } : { first: 1, last: 65_535 };
}
