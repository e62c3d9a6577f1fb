import { join } from 'node:path';
import { expect, test } from 'vitest';
import { goldenManifests } from '../testing/golden-manifests.ts';
import type { Wire } from '../testing/preflight-manifests.ts';
import { snapshotOf } from '../testing/snapshot-manifests.ts';
import { decide } from './decide.ts';

const CASE = join(import.meta.dirname, 'testdata/decide/statefulset-peers-left-open');

/** The ports of the policy, where the report shows this of 25672, which the policy in force allows and nobody declares. */
function portsWhere(openPorts: readonly number[], observed?: string) {
  const wires = goldenManifests(CASE).map((wire): Wire => {
    if (wire.kind !== 'PortExposureReport') return wire;
    const { status } = wire as Wire & { status: object };
    const ports = observed
      ? [{ port: 25_672, protocol: 'TCP', declared: true, expected: 'Allowed', observed }]
      : [];
    const beforePolicy = { podsHash: 'seen', swept: true, openPorts };
    return { ...wire, status: { ...status, beforePolicy, ports } } as Wire;
  });
  const { policy } = decide(snapshotOf(wires));
  return policy.do === 'apply'
    ? policy.policy.spec.ingress?.flatMap(({ ports = [] }) => ports.map(({ port }) => port))
    : policy.do;
}

test('what peers were seen to listen on stays open while no pod is there to be asked', () => {
  expect(portsWhere([25_672])).toEqual([5672, 25_672]);
});

test('what they refuse by now, or were never seen to listen on, is closed', () => {
  expect(portsWhere([25_672], 'Refused')).toEqual([5672]);
  expect(portsWhere([], 'Filtered')).toEqual([5672]);
  expect(portsWhere([])).toEqual([5672]);
});

test('what they are seen to listen on stays open', () => {
  expect(portsWhere([], 'Open')).toEqual([5672, 25_672]);
});

test('what the policy does not allow, or the workload declares, is none of that', () => {
  const { report } = decide(
    snapshotOf(
      goldenManifests(CASE).map((wire) => {
        if (wire.kind !== 'PortExposureReport') return wire;
        const { status } = wire as Wire & { status: { ports: object[] } };
        const drift = { port: 9999, protocol: 'TCP', declared: false, expected: 'Denied' };
        const ports = [...status.ports, { ...drift, observed: 'Open' }];
        return { ...wire, status: { ...status, ports } } as Wire;
      }),
    ),
  );
  if (report.do !== 'ensure') throw new Error('no report');
  expect(report.report.status?.beforePolicy?.openPorts).toEqual([25_672]);
});
