import { byPortThenProtocol, portKey } from '../workload/declared-ports.ts';
import { decidedPort } from './deciding-rules.ts';
import type { PolicyEffect } from './effect.ts';
import type { portClasses } from './port-classes.ts';
import { isUnderstood, type Outcome, type ReadPolicy } from './read-tiered-policy.ts';
import type { TieredTarget } from './tier-endings.ts';
import { rangesOn } from './tier-match.ts';
import type { Tiers } from './tiers.ts';

interface Setting {
  tiers: Tiers;
  classes: ReturnType<typeof portClasses>;
  targets: readonly TieredTarget[];
  /** The targets that no NetworkPolicy isolates. */
  notIsolated: () => readonly TieredTarget[];
}

/** What each policy of the admin or baseline tier does to the targets. */
export function tieredEffect({ tiers, classes, targets, notIsolated }: Setting) {
  const ports = new Map(
    tiers.admin.length + tiers.baseline.length > 0
      ? targets.map((target) => [target, classes(tierRanges(tiers, target))])
      : [],
  );
  return (policy: ReadPolicy): Pick<PolicyEffect, 'effect' | 'message'> => {
    const isBaseline = policy.tier === 'Baseline';
    const heard = isBaseline ? notIsolated() : targets;
    if (heard.length === 0)
      return { effect: 'None', message: 'Has no say where a NetworkPolicy isolates the pods' };
    if (!isUnderstood(policy))
      return { effect: 'Unknown', message: 'Has fields that portlock does not know' };
    const decided = (outcome: Outcome, which: 'declared' | 'undeclared') =>
      heard
        .flatMap((target) => {
          const asked = ports.get(target)?.[which] ?? [];
          return decidedPort(policy, outcome, tiers, target, asked) ?? [];
        })
        .sort(byPortThenProtocol)[0];
    if (decided('Allowed', 'undeclared'))
      return {
        effect: 'Widens',
        message: isBaseline
          ? 'Allows undeclared ports of pods that no NetworkPolicy isolates'
          : 'Allows undeclared ports, whatever NetworkPolicies say',
      };
    const denied = decided('Denied', 'declared');
    if (!denied) return { effect: 'None', message: 'Closes no declared port and opens no other' };
    const port = portKey(denied.port, denied.protocol);
    return {
      effect: 'Restricts',
      message: isBaseline
        ? `Denies somebody ${port} of pods that no NetworkPolicy isolates`
        : `Denies somebody ${port}, whatever else allows it`,
    };
  };
}

/** All that the rules of the tiers tell apart of a target's ports. */
export function tierRanges({ admin, baseline }: Tiers, target: TieredTarget) {
  return [...admin, ...baseline]
    .flatMap(({ rules }) => rules.flatMap(({ ports }) => ports))
    .flatMap((ports) => (ports ? rangesOn(target, ports) : []));
}
