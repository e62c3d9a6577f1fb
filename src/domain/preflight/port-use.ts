import type { Protocol } from '../../api/kubernetes.ts';
import type { ContainerPort } from '../workload.ts';
import type { PortReference } from './usage.ts';

/** One use of a port of the pods. */
export interface PortUse {
  /** A number, or a name that no container in question declares. */
  port: PortReference;
  protocol: Protocol;
  /** Who uses it, for example `Service shop/web port 80`. */
  user: string;
  /** The container that is meant, where the use says so. */
  container?: string;
  /** Whether no container of the workload can declare it, as none of them listens on it. */
  undeclarable?: true;
}

/** A user that connects to every TCP port which the pods declare. */
export function usesOfDeclaredPorts(
  pods: readonly { ports: readonly ContainerPort[] }[],
  user: string,
): PortUse[] {
  return pods.flatMap(({ ports }) =>
    ports
      .filter(({ protocol }) => protocol === 'TCP')
      .map(({ port, protocol }) => ({ port, protocol, user })),
  );
}
