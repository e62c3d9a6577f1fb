import {
  ALLOW_FROM_ANNOTATION,
  CLOSED_PORTS_ANNOTATION,
  EXTRA_PORTS_ANNOTATION,
} from '../../api/names.ts';
import { type AllowFrom, allowFromText, withEntry } from '../../domain/workload/allow-from.ts';
import { type DeclaredPort, portKey } from '../../domain/workload/declared-ports.ts';
import { isInRange, rangeKey } from '../../domain/workload/port-range.ts';
import type { Sources } from '../../domain/workload/sources.ts';
import { type ReachedPart, sourcesOfReach } from './reached-parts.ts';

/** Larger ranges are no list of ports that somebody meant: they are everything, or nearly. */
const LARGEST_RANGE = 1_024;

/** The annotations by which portlock allows what policies allow, as near as they can say it. */
export function annotationsFor(
  parts: readonly ReachedPart[],
  declared: readonly DeclaredPort[],
): Record<string, string> {
  const meant = parts.filter(({ first, last }) => last - first < LARGEST_RANGE);
  const extra = meant
    .filter((part) => part.first !== part.last || !declared.some((port) => isInRange(part, port)))
    .map(rangeKey);
  const closed = declared.filter((port) => !parts.some((part) => isInRange(part, port)));
  return {
    ...(extra.length > 0 && { [EXTRA_PORTS_ANNOTATION]: extra.join(',') }),
    ...(closed.length > 0 && {
      [CLOSED_PORTS_ANNOTATION]: closed.map((each) => portKey(each.port, each.protocol)).join(','),
    }),
    [ALLOW_FROM_ANNOTATION]: allowFromText(allowFromOf(parts, declared)),
  };
}

/** What most parts have in common is said of all ports, and the rest of single ones. */
function allowFromOf(parts: readonly ReachedPart[], declared: readonly DeclaredPort[]): AllowFrom {
  const single = parts.flatMap((part) => {
    const sources = sourcesOfReach(part.reach);
    const { first, last, protocol } = part;
    if (first === last) return [{ port: first, protocol, sources }];
    const inside = declared.filter((port) => isInRange(part, port));
    return inside.map((port) => ({ port: port.port, protocol, sources }));
  });
  const groups = Map.groupBy(
    parts.map(({ reach }) => sourcesOfReach(reach)),
    String,
  );
  const [most] = [...groups.values()].sort((a, b) => b.length - a.length);
  const others: Sources = most?.[0] ?? ['any'];
  return single
    .filter(({ sources }) => String(sources) !== String(others))
    .reduce<AllowFrom>((all, { sources, ...port }) => withEntry(all, port, sources), {
      others,
      ports: [],
    });
}
