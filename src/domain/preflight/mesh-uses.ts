import type { Mesh } from '../workload/mesh.ts';
import type { PortUse } from './port-use.ts';
import { ANYBODY } from './source.ts';

const NAMES: Partial<Record<Mesh['reason'], string>> = { IstioAmbient: 'Istio ambient' };

/** A policy that leaves a mesh's port out stops all of its traffic. */
export function meshUses(meshes: readonly Mesh[]): PortUse[] {
  return meshes.flatMap(({ reason, port }): PortUse[] => {
    if (port === undefined) return [];
    const user = `${NAMES[reason] ?? reason} for all traffic of the mesh`;
    return [{ port, protocol: 'TCP', user, source: ANYBODY, undeclarable: true }];
  });
}
