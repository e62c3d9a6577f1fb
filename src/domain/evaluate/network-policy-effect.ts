import type { NetworkPolicy, NetworkPolicyPort } from '../../api/kubernetes.ts';
import { portKey } from '../workload/declared-ports.ts';
import { adminMayPass } from './deciding-rules.ts';
import type { PolicyEffect } from './effect.ts';
import {
  ingressRules,
  isolatesIngress,
  portRanges,
  rulePorts,
  type WrittenRange,
} from './network-policy.ts';
import { once } from './once.ts';
import {
  type declaredAlone,
  LAST_PORT,
  type Port,
  PROTOCOLS,
  type portClasses,
} from './port-classes.ts';
import { sourcesOfIngressRule } from './rule-sources.ts';
import type { TieredTarget } from './tier-endings.ts';
import { holds } from './tier-match.ts';
import { tierRanges } from './tiered-effect.ts';
import type { Tiers } from './tiers.ts';

interface Setting {
  tiers: Tiers;
  classes: ReturnType<typeof portClasses>;
  isDeclared: ReturnType<typeof declaredAlone>;
  targets: readonly TieredTarget[];
  /** The name of the policy that is ours. */
  managedName: string | undefined;
}

/** The targets that a policy isolates, at least one. */
interface Isolated {
  first: TieredTarget;
  all: () => readonly TieredTarget[];
  /** One for each list of ports that they share. */
  byPorts: () => readonly TieredTarget[];
}

/** What a NetworkPolicy does to the targets. */
export function networkPolicyEffect(
  policy: NetworkPolicy,
  setting: Setting,
): Pick<PolicyEffect, 'effect' | 'message'> {
  const isolates = (target: TieredTarget) => isolatesIngress(policy, target);
  const first = setting.targets.find(isolates);
  if (!first) return { effect: 'None', message: 'Says nothing about ingress' };
  const all = once(() => setting.targets.filter(isolates));
  const byPorts = once(() => [...new Map(all().map((each) => [each.ports, each])).values()]);
  const isolated = { first, all, byPorts };
  const opened = openedPorts(policy, isolated, setting);
  // Ours too, where it is left as it was.
  if (opened)
    return { effect: 'Widens', message: `Allows ${opened}, which the workload does not declare` };
  if (policy.metadata.name === setting.managedName)
    return { effect: 'Managed', message: 'Kept by portlock' };
  const isShadowed = openedPorts(policy, isolated, { ...setting, tiers: NO_TIERS }) !== undefined;
  const message = isShadowed
    ? 'Isolates the pods; about the undeclared ports that it allows others decide before it'
    : 'Isolates the pods and allows no undeclared port';
  return { effect: 'Restricts', message };
}

const NO_TIERS: Tiers = { admin: [], baseline: [], unplaced: [] };

type Rule = ReturnType<typeof ingressRules>[number];

/** The first thing that a policy opens to somebody and the workload does not declare, in words. */
function openedPorts(
  policy: NetworkPolicy,
  isolated: Isolated,
  setting: Setting,
): string | undefined {
  for (const rule of ingressRules(policy)) {
    const allowed = rulePorts(rule);
    for (const each of allowed.length > 0 ? allowed : [undefined]) {
      for (const target of toldApart(isolated, each, setting.tiers)) {
        const port = openedPort(rule, each, target, setting);
        if (port) return inWords(each, port);
      }
    }
  }
  return undefined;
}

/** The targets that an entry of a rule may mean different things for: by what a name stands for, or what comes before. */
function toldApart(
  isolated: Isolated,
  allowed: NetworkPolicyPort | undefined,
  tiers: Tiers,
): readonly TieredTarget[] {
  if (tiers.admin.length > 0) return isolated.all();
  return typeof allowed?.port === 'string' ? isolated.byPorts() : [isolated.first];
}

const EVERY_PORT: readonly WrittenRange[] = PROTOCOLS.map((protocol) => ({
  protocol,
  first: 1,
  last: LAST_PORT,
}));

/** The first undeclared port that an entry of a rule opens, and that nothing before it decides about. */
function openedPort(
  rule: Rule,
  allowed: NetworkPolicyPort | undefined,
  target: TieredTarget,
  { tiers, classes, isDeclared }: Setting,
): Port | undefined {
  const ranges = allowed ? portRanges(allowed, target) : EVERY_PORT;
  if (ranges.every(isDeclared)) return undefined;
  const opened = classes([...ranges, ...tierRanges(tiers, target)]).undeclared.filter((port) =>
    ranges.some((range) => holds(range, port.port, port.protocol)),
  );
  if (opened.length === 0) return undefined;
  const passes = sourcesOfIngressRule(rule, target).map((source) =>
    adminMayPass(tiers, target, source),
  );
  return opened.find((port) => passes.some((mayPass) => mayPass(port)));
}

function inWords(allowed: NetworkPolicyPort | undefined, opened: Port): string {
  if (!allowed) return 'every port';
  const { port, endPort } = allowed;
  if (port === undefined || port === null) return `every ${opened.protocol} port`;
  return typeof port === 'number' && typeof endPort === 'number' && endPort > port
    ? `${port}-${endPort}/${opened.protocol}`
    : portKey(opened.port, opened.protocol);
}
