import type { NetworkPolicy, NetworkPolicyPort } from '../api/kubernetes.ts';
import { isolatesIngress, selectsPod, type Target } from './evaluate.ts';
import { portKey } from './ports.ts';

export type Effect = 'Managed' | 'Widens' | 'Restricts' | 'None';

/** What a policy that selects the pods does to them. */
export interface PolicyEffect {
  name: string;
  effect: Effect;
  message: string;
}

/** Every policy that selects any of the targets, by name, and what it does beside the declaration. */
export function policyEffects(
  policies: readonly NetworkPolicy[],
  targets: readonly Target[],
  declared: readonly { port: number; protocol: string }[],
  managedName: string | undefined,
): PolicyEffect[] {
  return policies
    .filter((policy) => targets.some((target) => selects(policy, target)))
    .map((policy) => ({
      name: policy.metadata.name,
      ...effectOf(policy, targets, declared, managedName),
    }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

function selects(policy: NetworkPolicy, target: Target): boolean {
  return selectsPod(policy, target.labels);
}

function effectOf(
  policy: NetworkPolicy,
  targets: readonly Target[],
  declared: readonly { port: number; protocol: string }[],
  managedName: string | undefined,
): Omit<PolicyEffect, 'name'> {
  if (policy.metadata.name === managedName)
    return { effect: 'Managed', message: 'Kept by portlock' };
  if (!targets.some((target) => isolatesIngress(policy, target)))
    return { effect: 'None', message: 'Says nothing about ingress' };
  const opened = undeclaredPorts(policy, targets, declared);
  if (opened)
    return { effect: 'Widens', message: `Allows ${opened}, which the workload does not declare` };
  return { effect: 'Restricts', message: 'Isolates the pods and allows no undeclared port' };
}

/** The first thing that a policy allows and the workload does not declare, in words. */
function undeclaredPorts(
  policy: NetworkPolicy,
  targets: readonly Target[],
  declared: readonly { port: number; protocol: string }[],
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
