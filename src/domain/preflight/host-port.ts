import type { PodShape } from './pod-shape.ts';
import type { PortUse } from './port-use.ts';

/** "hostPort: Number of port to expose on the host" (core/v1 ContainerPort): clients come by the node's address. */
export function hostPortUses({ ports }: PodShape): PortUse[] {
  return ports.flatMap(({ port, protocol, container, hostPort }): PortUse[] =>
    hostPort === undefined
      ? []
      : [
          {
            port,
            protocol,
            user: `hostPort ${hostPort} of container ${container}`,
            source: { kind: 'outside', by: 'hostPort' },
            container,
          },
        ],
  );
}
