import type { TestProject } from 'vitest/node';
import { setupCluster } from './harness/setup-cluster.ts';

/** A cluster whose network enforces policies. */
export default (project: TestProject) => setupCluster(project, 'cilium');
