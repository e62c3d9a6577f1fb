import type { PortUse } from '../preflight/port-use.ts';
import { ANYBODY } from '../preflight/source.ts';
import type { SelectedPod, Snapshot } from '../snapshot.ts';
import type { DeclaredPort } from '../workload/declared-ports.ts';
import { portKey } from '../workload/declared-ports.ts';

/** The pods of other owners that the workload's selector matches: the policy is about them too. */
export function podsOfOtherOwners({ pods, selected }: Snapshot): SelectedPod[] {
  const own = new Set(pods.map(({ uid }) => uid));
  return selected.filter(({ uid }) => !own.has(uid));
}

/** Whom else the policy is about, as `Kind/name`, sorted: owners of live pods, and workloads that have none now. */
export function otherOwners(
  { overlapping }: Snapshot,
  strangers: readonly SelectedPod[],
): string[] {
  const owners = strangers.map(({ owner }) => owner);
  return [...new Set([...owners, ...overlapping])].sort();
}

/** What such an owner is called where users are named. */
export function userOfOtherOwner(owner: string): string {
  return `${owner} (declares it, and the selector matches its pods too)`;
}

/** Ports that only pods of other owners declare: the policy would close them. */
export function usesByOtherOwners(
  strangers: readonly SelectedPod[],
  declared: readonly DeclaredPort[],
): PortUse[] {
  const own = new Set(declared.map(({ port, protocol }) => portKey(port, protocol)));
  return strangers
    .filter(({ hostNetwork }) => !hostNetwork)
    .flatMap(({ owner, ports }) =>
      ports
        .filter(({ port, protocol }) => !own.has(portKey(port, protocol)))
        .map(({ port, protocol }) => ({
          port,
          protocol,
          undeclarable: true,
          source: ANYBODY,
          user: userOfOtherOwner(owner),
        })),
    );
}
