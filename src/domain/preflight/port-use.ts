import type { Protocol } from '../../api/kubernetes.ts';
import type { PortReference } from '../workload/template-use.ts';
import type { ContainerPort } from '../workload/workload.ts';
import type { Source } from './source.ts';

/** One use of a port of the pods. */
export interface PortUse {
  /** A number, or a name that no container in question declares. */
  port: PortReference;
  protocol: Protocol;
  /** The object that tells of the use, for example `Service shop/web port 80`. */
  user: string;
  /** Who connects. */
  source: Source;
  /** The container that is meant, where the use says so. */
  container?: string;
  /** Whether no container of the workload can declare it, as none of them listens on it. */
  undeclarable?: true;
  /** Whether it is a port of a Service that nobody may ever have called: nothing need listen there. */
  mayBeUnserved?: true;
  /** What says more of that user, and nobody reads, for example `BackendConfig web of Service shop/web`; absent where nothing does. */
  unread?: readonly string[];
  /** Whether a pod has to get labels before anybody comes. */
  awaited?: true;
  /** Whether it is one only where the pods listen there: nobody means a port that refuses. */
  ifOpen?: true;
  /** The namespace that refers to the port, where that is not the pods' own. */
  outside?: string;
}

/** Uses by an object of a namespace, marked where it is not the pods' own: nobody there speaks for their owner. */
export function usesFrom(uses: readonly PortUse[], from: string, pods: string): readonly PortUse[] {
  return from === pods ? uses : uses.map((use) => ({ ...use, outside: from }));
}

/** A user that connects to every TCP port which the pods declare. */
export function usesOfDeclaredPorts(
  pods: readonly { ports: readonly ContainerPort[] }[],
  user: string,
  source: Source,
): PortUse[] {
  return pods.flatMap(({ ports }) =>
    ports
      .filter(({ protocol }) => protocol === 'TCP')
      .map(({ port, protocol }) => ({ port, protocol, user, source })),
  );
}
