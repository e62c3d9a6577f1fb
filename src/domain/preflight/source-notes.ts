import { ALLOW_FROM_ANNOTATION } from '../../api/names.ts';
import { partsOf, sourcesOf } from '../workload/allow-from.ts';
import { portKey } from '../workload/declared-ports.ts';
import { isInRange } from '../workload/port-range.ts';
import type { ListedPort } from '../workload/port-text.ts';
import { isAnybody } from '../workload/sources.ts';
import type { Allowed } from './cut-use.ts';
import { letIn } from './let-in.ts';
import type { PortUse } from './port-use.ts';

/**
 * What is to be known of users that are not among those whom allow-from names and that nothing waits for, in
 * sentences: the kubelet, and those whose place only the owner knows, as an operator's that asks the pods it keeps.
 *
 * @param controlledBy what has an operator keep the workload, where something does
 */
export function sourceNotes(
  uses: readonly PortUse[],
  allowed: Allowed,
  controlledBy?: string,
): string[] {
  const isNarrow = (port: ListedPort) => !isAnybody(sourcesOf(allowed.allowFrom, port));
  const narrow = new Set(
    allowed.declared.filter(isNarrow).map(({ port, protocol }) => portKey(port, protocol)),
  );
  const ranges = allowed.ranges
    .flatMap((range) => partsOf(allowed.allowFrom, range))
    .filter(({ first, protocol }) => isNarrow({ port: first, protocol }));
  if (narrow.size + ranges.length === 0) return [];
  const probed = new Set<string>();
  const presumed = new Set<string>();
  for (const { port, protocol, source } of uses) {
    const key = portKey(port, protocol);
    if (typeof port === 'string') continue;
    if (!narrow.has(key) && !ranges.some((range) => isInRange(range, { port, protocol }))) continue;
    if (source.kind === 'kubelet') probed.add(key);
    const isPresumed =
      source.kind === 'pods' &&
      letIn(allowed.allowFrom, { port, protocol }, source, allowed.namespace) === 'presumed';
    if (isPresumed) presumed.add(`${source.whose} (${key})`);
  }
  return [
    ...(probed.size > 0
      ? [
          `probes of the kubelet (${listed(probed)}) pass where the network keeps to the API, by which no policy closes pods to their own node`,
        ]
      : []),
    ...(presumed.size > 0
      ? [`${ALLOW_FROM_ANNOTATION} is taken at its word that it lets in ${listed(presumed)}`]
      : []),
    ...(controlledBy === undefined
      ? []
      : [
          `the operator that keeps the workload for ${controlledBy} may connect to the pods, from wherever it runs: no object tells, and ${ALLOW_FROM_ANNOTATION} must name its namespace if it does`,
        ]),
  ];
}

function listed(words: ReadonlySet<string>): string {
  const shown = [...words].sort();
  const more = shown.length > 3 ? ` and ${shown.length - 3} more` : '';
  return shown.slice(0, 3).join(', ') + more;
}
