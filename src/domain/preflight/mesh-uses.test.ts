import { expect, test } from 'vitest';
import type { Mesh } from '../workload/mesh.ts';
import { meshUses } from './mesh-uses.ts';
import { ANYBODY } from './source.ts';

const use = (port: number, name: string) => ({
  port,
  protocol: 'TCP',
  user: `${name} for all traffic of the mesh`,
  source: ANYBODY,
  undeclarable: true,
});

test.each<[Mesh, unknown[]]>([
  [{ reason: 'Linkerd', message: '', port: 4143 }, [use(4143, 'Linkerd')]],
  [{ reason: 'IstioAmbient', message: '', port: 15_008 }, [use(15_008, 'Istio ambient')]],
  [{ reason: 'Consul', message: '', port: 20_000 }, [use(20_000, 'Consul')]],
  [{ reason: 'Kuma', message: '' }, []],
  [{ reason: 'IstioSidecar', message: '' }, []],
])('a mesh needs the port by which it brings its traffic: %j', (mesh, uses) => {
  expect(meshUses([mesh])).toEqual(uses);
});
