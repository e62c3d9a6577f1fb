import type { NetworkPolicy } from '../../api/kubernetes.ts';
import { ingressDecisions, isolatesIngress } from '../evaluate/network-policy.ts';
import { once } from '../evaluate/once.ts';
import { isolatingPolicies, type PolicyTarget } from '../evaluate/targets.ts';
import { isManaged } from '../workload/ownership.ts';
import type { ListedPort } from '../workload/port-text.ts';
import { covers, type Sources } from '../workload/sources.ts';
import { grantsOf, letInBy } from './grants.ts';
import type { OptedIn } from './opted-in.ts';
import { ANYBODY } from './widening.ts';

/**
 * By which policies of others nobody loses a port to ours: those that isolate all of the pods already. "The effects
 * of those ingress lists combine additively" (Kubernetes docs, network-policies), so what they close stays closed and
 * what they allow stays allowed. None where ours alone lets somebody in to the port who is not to be let in any more, nor
 * where that are policies that portlock keeps for other workloads, as of a Rollout and of the Deployment whose template it
 * has: each goes when its workload opts out.
 *
 * @param targets all pods that the policy is about
 * @returns by a port and who is to be let in to it, their names, sorted; none where somebody may lose the port
 */
export function isolatedAlready(
  { snapshot, settings, own: { live, former, inForce } }: OptedIn,
  targets: readonly PolicyTarget[],
): (port: ListedPort, asked: Sources) => readonly string[] {
  const ours = live.kind === 'ours' ? [live.policy, ...former] : former;
  const isolating = once(() => {
    const others = snapshot.policies.filter((policy) => !ours.includes(policy));
    return isolatingAll(others, targets);
  });
  const lasting = once(() => {
    const others = isolating().filter(({ metadata }) => !isManaged(metadata));
    return isolatingAll(others, targets);
  });
  const openForAll = once(() => targets.map(ingressDecisions(lasting(), ANYBODY)));
  // In audit mode it goes anyway.
  const staying = settings.mode === 'audit' ? undefined : inForce;
  const letIn = once(() => letInBy((staying && grantsOf(staying)) ?? []));
  return (port, asked) => {
    const isNarrowed = !covers(asked, letIn()(port));
    const staysOpen = () =>
      lasting().length > 0 &&
      openForAll().every((decide) => decide(port.port, port.protocol).allowed);
    const mayLose = isNarrowed && !staysOpen();
    return mayLose
      ? []
      : isolating()
          .map(({ metadata }) => metadata.name)
          .sort();
  };
}

/** The policies that isolate any of the targets, where each of these is isolated by one. */
function isolatingAll(
  policies: readonly NetworkPolicy[],
  targets: readonly PolicyTarget[],
): NetworkPolicy[] {
  const isolating = isolatingPolicies(policies, targets);
  const areAll = targets.every((target) =>
    isolating.some((policy) => isolatesIngress(policy, target)),
  );
  return areAll ? isolating : [];
}
