import type { NetworkPolicy, NetworkPolicyPort, Protocol } from '../api/kubernetes.ts';
import { isolatesIngress, type Target } from './evaluate.ts';
import { groupOf } from './foreign-policies.ts';
import { portKey } from './ports.ts';
import { type AllPolicies, isolatingPolicies, type PolicyTarget } from './targets.ts';
import { policyMayDeny, policySelects } from './tier-endings.ts';
import type { PortSelection, TieredPolicy, TieredPolicyRule } from './tiered-policy.ts';
import { isBaseline } from './tiers.ts';

export type Effect = 'Managed' | 'Widens' | 'Restricts' | 'None' | 'Unknown';

/** What a policy that selects the pods does to them. */
export interface PolicyEffect {
  /** API group and kind of the policy. */
  group: string;
  kind: string;
  name: string;
  effect: Effect;
  message: string;
}

/** Whether a policy opens undeclared ports to somebody, or may: what answers there says nothing against ours. */
export function mayOpen({ effect }: PolicyEffect): boolean {
  return effect === 'Widens' || effect === 'Unknown';
}

type Ports = readonly { port: number; protocol: string }[];

/** Every policy that may have a say about the targets, and what it does beside the declaration. */
export function policyEffects(
  { networkPolicies, tieredPolicies, foreignPolicies }: AllPolicies,
  targets: readonly PolicyTarget[],
  declared: Ports,
  managedName: string | undefined,
): PolicyEffect[] {
  const isolated = isolatingPolicies(networkPolicies, targets).length > 0;
  return [
    ...networkPolicies.map((policy) => ({
      ...{ group: 'networking.k8s.io', kind: 'NetworkPolicy', name: policy.metadata.name },
      ...effectOf(policy, targets, declared, managedName),
    })),
    ...tieredPolicies.map((policy) => ({
      ...{ group: groupOf(policy), kind: policy.kind, name: policy.metadata.name },
      ...tieredEffect(policy, targets, declared, isolated),
    })),
    ...foreignPolicies.map((policy) => ({
      ...{ group: groupOf(policy), kind: policy.kind, name: policy.metadata.name },
      effect: 'Unknown' as const,
      message: 'May decide about connections to the pods; portlock does not work out how',
    })),
  ];
}

const ACTIONS = ['Allow', 'Accept', 'Deny', 'Pass'];

/** What one rule after the other of a policy of the admin or baseline tier says about ports. */
function tieredEffect(
  policy: TieredPolicy,
  targets: readonly PolicyTarget[],
  declared: Ports,
  isolated: boolean,
): Pick<PolicyEffect, 'effect' | 'message'> {
  if (isBaseline(policy) && isolated)
    return { effect: 'None', message: 'Has no say where a NetworkPolicy isolates the pods' };
  const rules = policy.spec?.ingress ?? [];
  const isUnderstood = rules.every((rule) => ACTIONS.includes(rule?.action));
  if (!isUnderstood || targets.some((target) => policySelects(policy, target) === 'Unknown'))
    return { effect: 'Unknown', message: 'Has fields that portlock does not know' };
  const keys = new Set(declared.map(({ port, protocol }) => portKey(port, protocol)));
  const allows = rules.some((rule) => allowsUndeclared(rule, keys));
  const denied = declared.filter(({ port, protocol }) =>
    targets.some((target) => policyMayDeny(policy, target, port, protocol as Protocol)),
  );
  const [first] = denied;
  if (allows && !isBaseline(policy))
    return {
      effect: 'Widens',
      message: 'Allows undeclared ports, whatever NetworkPolicies say',
    };
  if (first)
    return {
      effect: 'Restricts',
      message: `Denies somebody ${portKey(first.port, first.protocol)}, whatever else allows it`,
    };
  return { effect: 'None', message: 'Denies no declared port and allows no other' };
}

/** Whether a rule lets somebody in on a port that the workload does not declare. */
function allowsUndeclared(
  rule: TieredPolicyRule | null | undefined,
  declared: ReadonlySet<string>,
): boolean {
  if (rule?.action !== 'Allow' && rule?.action !== 'Accept') return false;
  const ports = [...(rule.ports ?? []), ...(rule.protocols ?? [])];
  return ports.length === 0 || ports.some((each) => !isDeclared(each, declared));
}

/** A name is one of a declared port; of ranges and whole protocols not every port is declared. */
function isDeclared(selection: PortSelection | null, declared: ReadonlySet<string>): boolean {
  if (selection?.namedPort || selection?.destinationNamedPort) return true;
  const { portNumber, tcp, udp, sctp } = selection ?? {};
  if (portNumber) return declared.has(portKey(portNumber.port, portNumber.protocol ?? 'TCP'));
  const number = (tcp ?? udp ?? sctp)?.destinationPort?.number;
  const protocol = tcp ? 'TCP' : udp ? 'UDP' : 'SCTP';
  return number !== undefined && declared.has(portKey(number, protocol));
}

function effectOf(
  policy: NetworkPolicy,
  targets: readonly Target[],
  declared: Ports,
  managedName: string | undefined,
): Pick<PolicyEffect, 'effect' | 'message'> {
  if (!targets.some((target) => isolatesIngress(policy, target)))
    return { effect: 'None', message: 'Says nothing about ingress' };
  const opened = undeclaredPorts(policy, targets, declared);
  // Ours too, where it is left as it was.
  if (opened)
    return { effect: 'Widens', message: `Allows ${opened}, which the workload does not declare` };
  if (policy.metadata.name === managedName)
    return { effect: 'Managed', message: 'Kept by portlock' };
  return { effect: 'Restricts', message: 'Isolates the pods and allows no undeclared port' };
}

/** The first thing that a policy allows and the workload does not declare, in words. */
function undeclaredPorts(
  policy: NetworkPolicy,
  targets: readonly Target[],
  declared: Ports,
): string | undefined {
  const keys = new Set(declared.map(({ port, protocol }) => portKey(port, protocol)));
  for (const rule of policy.spec?.ingress ?? []) {
    if (!rule?.ports?.length) return 'every port';
    for (const allowed of rule.ports) {
      if (!allowed) continue;
      const opened = undeclaredPart(allowed, targets, keys);
      if (opened) return opened;
    }
  }
  return undefined;
}

function undeclaredPart(
  allowed: NetworkPolicyPort,
  targets: readonly Target[],
  declared: ReadonlySet<string>,
): string | undefined {
  const protocol = allowed.protocol ?? 'TCP';
  if (allowed.port === undefined || allowed.port === null) return `every ${protocol} port`;
  if (typeof allowed.port === 'string') {
    const named = targets.flatMap((target) =>
      target.ports.filter((port) => port.name === allowed.port && port.protocol === protocol),
    );
    const undeclared = named.find((port) => !declared.has(portKey(port.port, protocol)));
    return undeclared && portKey(undeclared.port, protocol);
  }
  const last = allowed.endPort ?? allowed.port;
  for (let port = allowed.port; port <= Math.min(last, 65535); port += 1) {
    if (!declared.has(portKey(port, protocol)))
      return last > allowed.port ? `${allowed.port}-${last}/${protocol}` : portKey(port, protocol);
  }
  return undefined;
}
