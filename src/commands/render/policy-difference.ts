import type { NetworkPolicySpec } from '../../api/kubernetes.ts';
import { sameJson } from '../../domain/text/same-json.ts';
import { portKey } from '../../domain/workload/declared-ports.ts';

/** How one policy differs from the one that it should be, in words; nothing where it does not. */
export function policyDifference(
  committed: NetworkPolicySpec,
  wanted: NetworkPolicySpec,
): string | undefined {
  if (sameJson(committed, wanted)) return undefined;
  const [is, should] = [allowedPorts(committed), allowedPorts(wanted)];
  const more = [...is].filter((port) => !should.has(port));
  const less = [...should].filter((port) => !is.has(port));
  const parts = [
    ...(sameJson(committed.podSelector, wanted.podSelector) ? [] : ['selects other pods']),
    ...(less.length > 0 ? [`lacks ${less.join(', ')}`] : []),
    ...(more.length > 0 ? [`allows ${more.join(', ')} too`] : []),
    ...(sameJson(sources(committed), sources(wanted)) ? [] : ['lets other peers in']),
  ];
  return parts.length > 0 ? parts.join('; ') : 'says it in another way';
}

function sources({ ingress = [] }: NetworkPolicySpec): unknown {
  return ingress.map(({ from = [] }) => from);
}

/** `8080/TCP`, `50100-50200/UDP`; a rule without ports is about every one. */
function allowedPorts({ ingress = [] }: NetworkPolicySpec): Set<string> {
  return new Set(
    ingress.flatMap(({ ports = [] }) =>
      ports.length === 0
        ? ['every port']
        : ports.map(({ port = 'every port', endPort, protocol = 'TCP' }) =>
            portKey(endPort === undefined ? port : `${port}-${endPort}`, protocol),
          ),
    ),
  );
}
