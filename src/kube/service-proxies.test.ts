import { expect, test } from 'vitest';
import { serviceProxy } from './service-proxies.ts';
import { projectService } from './usage-projections.ts';

test.each<[Record<string, string>, string | undefined]>([
  [{ 'tailscale.com/expose': 'true' }, "Tailscale's proxy"],
  [{ 'tailscale.com/expose': 'false' }, undefined],
  [{ 'tailscale.com/expose': 'true', 'service.cilium.io/shared': 'false' }, "Tailscale's proxy"],
  [{ 'service.cilium.io/global': 'true' }, 'a pod of another cluster'],
  [{ 'io.cilium/global-service': 'true' }, 'a pod of another cluster'],
  [{ 'service.cilium.io/global': 'true', 'service.cilium.io/shared': 'false' }, undefined],
  [{ 'io.cilium/global-service': 'true', 'io.cilium/shared-service': 'false' }, undefined],
  [{}, undefined],
])('whoever comes for clients elsewhere is told by an annotation: %j', (annotations, expected) => {
  expect(serviceProxy(annotations)).toBe(expected);
  const metadata = { namespace: 'shop', name: 'web', annotations };
  expect(projectService({ metadata }).proxiedBy).toBe(expected);
});
