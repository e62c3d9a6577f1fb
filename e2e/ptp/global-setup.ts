import type { TestProject } from 'vitest/node';
import { setupCluster } from '../harness/setup-cluster.ts';

/** A cluster of both IP families whose network takes policies and enforces none, as flannel does. */
export default (project: TestProject) => setupCluster(project, 'ptp', 'ipv4,ipv6');
