import type { PreflightFinding } from '../../domain/preflight/preflight.ts';
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

/** A port that something uses and one of several containers is to declare, and nobody knows which. */
export interface UndecidedPort {
  found: Found<Workload>;
  port: ListedPort;
  containers: readonly string[];
}

/** What the findings advise to declare, where it is not known in which container. */
export function undecidedPorts(
  { workloads }: ManifestCluster,
  snapshots: Snapshots,
): UndecidedPort[] {
  return workloads.flatMap((found) =>
    advisedFor(found, snapshots).flatMap(({ port, protocol, declareInOneOf }) =>
      declareInOneOf !== undefined && typeof port === 'number'
        ? [{ found, port: { port, protocol }, containers: declareInOneOf }]
        : [],
    ),
  );
}

/** The same, where it is known in which one; labelled or not. */
export function missingPorts({ workloads }: ManifestCluster, snapshots: Snapshots): MissingPorts[] {
  return workloads.flatMap((found) => {
    const advised = advisedFor(found, snapshots).flatMap(({ declareIn, port, protocol }) =>
      declareIn !== undefined && typeof port === 'number'
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

function advisedFor({ value }: Found<Workload>, snapshots: Snapshots): PreflightFinding[] {
  // What is lent by another workload is declared there.
  if (value.templateOf) return [];
  const { asked } = judgeEnforced(snapshots.snapshotOf(value), value);
  return asked.found.findings.filter(({ accepted }) => !accepted);
}
