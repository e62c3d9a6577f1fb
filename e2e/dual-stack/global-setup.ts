import type { TestProject } from 'vitest/node';
import { setupCluster } from '../harness/setup-cluster.ts';

/** A cluster that enforces policies and whose pods have addresses of both IP families. */
export default (project: TestProject) => setupCluster(project, 'cilium', 'ipv4,ipv6');
