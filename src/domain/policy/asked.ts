import type { Protocol } from '../../api/kubernetes.ts';
import {
  type AllPolicies,
  type PolicyTarget,
  policiesSelecting,
  policyTargets,
} from '../evaluate/targets.ts';
import { meshUses } from '../preflight/mesh-uses.ts';
import type { PortUse } from '../preflight/port-use.ts';
import { type Preflight, preflight } from '../preflight/preflight.ts';
import { type ProbePermission, probePermission } from '../probing/probe-permission.ts';
import type { Snapshot } from '../snapshot.ts';
import { UNSAID } from '../workload/allow-from.ts';
import { type DeclaredPort, declaredPorts } from '../workload/declared-ports.ts';
import { meshesOf, meshOfRollout } from '../workload/mesh.ts';
import type { ContainerPort } from '../workload/workload.ts';
import { isolatedAlready } from './isolated-already.ts';
import type { OptedIn } from './opted-in.ts';
import { otherOwners, podsOfOtherOwners, usesByOtherOwners } from './other-owners.ts';
import { countedPorts } from './policy-in-force.ts';
import { refusedPorts } from './refused-ports.ts';

/** What a workload that has opted in asks for, and what stands against it. */
export interface Asked {
  /** What the policy is to allow. */
  declared: readonly DeclaredPort[];
  /** The workload's own pods, as policies see them. */
  targets: readonly PolicyTarget[];
  /** All pods that the policy is about: those of other owners that the selector matches, too. */
  selectedTargets: readonly PolicyTarget[];
  /** Whose these others are, as `Kind/name`, sorted. */
  otherOwners: readonly string[];
  /** Who uses which undeclared port. */
  found: Preflight;
  /** Which pods may be probed, and what is said of the others. */
  permission: ProbePermission;
}

/** Reads what is asked for, and lists what stands against it. */
export function askedOf(subject: OptedIn): Asked {
  const { snapshot, workload, settings } = subject;
  const { namespace, pods, prober } = snapshot;
  const extraPorts = [...settings.extraPorts, ...portsOfHeldPolicy(subject)];
  const declared = declaredPorts(workload, pods, extraPorts, countedPorts(subject));
  const strangers = podsOfOtherOwners(snapshot);
  const policies = allPolicies(snapshot);
  const targets = policyTargets(workload, namespace, pods, policies);
  const onPodNetwork = strangers.filter(({ hostNetwork }) => !hostNetwork);
  const others =
    onPodNetwork.length > 0 ? policyTargets(workload, namespace, onPodNetwork, policies) : [];
  const selected = [...targets, ...others];
  const meshes = meshesOf(workload, namespace, pods);
  const meshToCome = meshOfRollout(workload, pods) ?? [];
  const otherUses = [
    ...meshUses(meshes.concat(meshToCome)),
    ...usesByOtherOwners(strangers, declared),
  ];
  return {
    declared,
    targets,
    selectedTargets: selected,
    otherOwners: otherOwners(snapshot, strangers),
    found: cutBy(subject, declared, { own: targets, selected }, otherUses),
    permission: probePermission({ pods, proberUid: prober.podUid, settings, workload, meshes }),
  };
}

/**
 * While the owner's words cannot be followed, the last good policy stays in force: what it allows is
 * what was declared.
 */
function portsOfHeldPolicy({ settings, own: { live } }: OptedIn): ContainerPort[] {
  if (settings.problems.length === 0 || live.kind !== 'ours') return [];
  return (live.policy.spec.ingress ?? []).flatMap(({ ports = [] }) =>
    ports.flatMap(({ port, protocol }) =>
      typeof port === 'number' ? [{ port, protocol: protocol as Protocol, container: '' }] : [],
    ),
  );
}

/** Whom a policy that allows the declared ports would cut off. */
function cutBy(
  subject: OptedIn,
  declared: readonly DeclaredPort[],
  targets: { own: readonly PolicyTarget[]; selected: readonly PolicyTarget[] },
  otherUses: readonly PortUse[],
): Preflight {
  const { snapshot, workload, settings } = subject;
  return preflight({
    namespace: workload.namespace,
    template: workload.template,
    replicas: snapshot.pods.filter(({ live }) => live).length,
    declared,
    extraPorts: settings.extraPorts,
    acceptedCuts: settings.acceptedCuts,
    // While the owner's words cannot be followed, nobody is kept out who is let in now.
    allowFrom: settings.problems.length > 0 ? UNSAID : settings.allowFrom,
    pods: snapshot.selected.filter(({ hostNetwork }) => !hostNetwork),
    cluster: snapshot.usage,
    otherUses,
    outside: {
      before: snapshot.references,
      refused: () => refusedPorts(subject, isClosedByOthers(subject, targets.own)),
    },
    isolatedBy: isolatedAlready(subject, targets.selected),
  });
}

/** Whether any policy but ours may close ports of the pods. */
function isClosedByOthers(
  { snapshot, own: { live } }: OptedIn,
  targets: readonly PolicyTarget[],
): boolean {
  const selecting = policiesSelecting(allPolicies(snapshot), targets);
  return (
    selecting.networkPolicies.some((policy) => policy !== live.policy) ||
    selecting.tieredPolicies.length > 0 ||
    selecting.pluginPolicies.length > 0
  );
}

function allPolicies({ policies, tieredPolicies, pluginPolicies }: Snapshot): AllPolicies {
  return { networkPolicies: policies, tieredPolicies, pluginPolicies };
}
