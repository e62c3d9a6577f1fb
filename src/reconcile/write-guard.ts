import type { LeaderElector } from '../kube/leader.ts';
import { resourceName } from '../kube/resource.ts';
import { NETWORK_POLICIES } from '../kube/resources.ts';
import type { WriteGuard } from '../kube/transport.ts';

type Lease = Pick<LeaderElector, 'assertLeading'>;

/**
 * Policies are the leader's to write; reports and Events any replica's that the others can see.
 *
 * @param leader the leader's lease
 * @param member the lease by which this replica is seen
 */
export function writeGuard(leader: Lease, member: Lease): WriteGuard {
  const policies = resourceName(NETWORK_POLICIES);
  return (resource) => {
    const lease = resourceName(resource) === policies ? leader : member;
    lease.assertLeading();
  };
}
