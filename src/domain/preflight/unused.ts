import { type DeclaredPort, portKey } from '../workload/declared-ports.ts';
import type { PortUse } from './port-use.ts';

/**
 * The declared ports that no Service, monitor, probe or annotation uses: each stays open to every
 * source, for nobody that the cluster tells of. Order as declared.
 */
export function unusedPorts(
  declared: readonly DeclaredPort[],
  uses: readonly PortUse[],
): DeclaredPort[] {
  const used = new Set<string>();
  for (const { port, protocol } of uses) {
    if (typeof port === 'number') used.add(portKey(port, protocol));
  }
  return declared.filter(({ port, protocol }) => !used.has(portKey(port, protocol)));
}
