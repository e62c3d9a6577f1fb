import type { Declaration, ExposedPort } from '../../domain/exposure/exposure.ts';
import type { AddressResult, ProbeResult } from '../probe/result.ts';

/**
 * The result of a probe as plain data, for JSON and YAML: every field is always there, `null` where
 * nothing is known. Fields may be added; none changes its meaning or goes within `v1alpha1`.
 */
export function probeDocument(result: ProbeResult): object {
  return {
    apiVersion: 'portlock.dev/v1alpha1',
    kind: 'ProbeResult',
    target: result.target,
    from: result.from,
    startedAt: new Date(result.startedAt).toISOString(),
    endedAt: new Date(result.endedAt).toISOString(),
    verdict: result.verdict,
    warnings: result.warnings,
    silentAddresses: result.silentAddresses,
    addresses: result.addresses.map(addressDocument),
  };
}

function addressDocument(result: AddressResult): object {
  return {
    address: result.address,
    pod: result.pod ?? null,
    verdict: result.verdict,
    reason: result.reason,
    portsAsked: result.portsAsked,
    counts: result.counts,
    ports: result.ports.map(portDocument),
    inside:
      result.inside?.map(({ container, readBy, reason }) => ({
        container,
        readBy: readBy ?? null,
        reason,
      })) ?? null,
  };
}

function portDocument(port: ExposedPort): object {
  return {
    port: port.port,
    protocol: port.protocol,
    state: port.state,
    finding: port.finding ?? null,
    note: port.note,
    declaredBy: port.declaredBy.map(declarationDocument),
    listeners:
      port.listeners?.map(({ address, container, process }) => ({
        address,
        container: container || null,
        process: process || null,
      })) ?? null,
  };
}

function declarationDocument({ container, name }: Declaration): object {
  return { container: container || null, name: name ?? null };
}
