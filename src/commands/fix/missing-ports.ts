import type { ListedPort } from '../../domain/workload/port-text.ts';
import type { Workload } from '../../domain/workload/workload.ts';
import type { Found, ManifestCluster } from '../manifests/cluster.ts';
import { judgeEnforced } from '../manifests/judge.ts';
import type { Snapshots } from '../manifests/snapshots.ts';

/** Ports that something uses and one container is to declare. */
export interface MissingPorts {
  found: Found<Workload>;
  container: string;
  /** By number, then protocol. */
  ports: readonly ListedPort[];
}

/** What the findings advise to declare, where it is known in which container; labelled or not. */
export function missingPorts({ workloads }: ManifestCluster, snapshots: Snapshots): MissingPorts[] {
  return workloads.flatMap((found) => {
    // What is lent by another workload is declared there.
    if (found.value.templateOf) return [];
    const { asked } = judgeEnforced(snapshots.snapshotOf(found.value), found.value);
    const advised = asked.found.findings.flatMap(({ accepted, declareIn, port, protocol }) =>
      !accepted && declareIn !== undefined && typeof port === 'number'
        ? [{ container: declareIn, port, protocol }]
        : [],
    );
    const containers = Map.groupBy(advised, ({ container }) => container);
    return [...containers].map(([container, ports]) => ({
      found,
      container,
      ports: ports.map(({ port, protocol }) => ({ port, protocol })),
    }));
  });
}
