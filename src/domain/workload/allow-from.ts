import { AnnotationError, quote } from './annotation-error.ts';
import { byPortThenProtocol, portKey } from './declared-ports.ts';
import { byRange, isInRange, type PortRange } from './port-range.ts';
import { type ListedPort, readPort } from './port-text.ts';
import { ANYBODY, namespacesIn, type SourceEntry, type Sources, sourcesFrom } from './sources.ts';

/** Who may connect to which port. */
export interface AllowFrom {
  /** Of all ports without an entry of their own; undefined where the owner does not say, which means everybody. */
  others: Sources | undefined;
  /** Of single ports, sorted. */
  ports: readonly PortSources[];
}

interface PortSources extends ListedPort {
  sources: Sources;
}

/** What counts where there is no annotation. */
export const UNSAID: AllowFrom = { others: undefined, ports: [] };

/** Who may connect to a port. */
export function sourcesOf(allowFrom: AllowFrom, port: ListedPort): Sources {
  return saidOf(allowFrom, port) ?? ANYBODY;
}

/** What the owner said of a port; undefined where that is nothing. */
export function saidOf(allowFrom: AllowFrom, port: ListedPort): Sources | undefined {
  return entryOf(allowFrom, port) ?? allowFrom.others;
}

/** What the owner said of that very port. */
export function entryOf({ ports }: AllowFrom, { port, protocol }: ListedPort): Sources | undefined {
  return ports.find((each) => each.port === port && each.protocol === protocol)?.sources;
}

/**
 * The parts of a range to each of which the same may connect, sorted. Policies add up, so a port that has an entry of
 * its own is let out of the range around it.
 */
export function partsOf({ ports }: AllowFrom, range: PortRange): PortRange[] {
  const { first, last, protocol } = range;
  if (first === last) return [range];
  const own = ports
    .filter((each) => isInRange(range, each))
    .map(({ port }) => ({ first: port, last: port, protocol }));
  const ends = [{ last: first - 1 }, ...own];
  const between = ends.map((end, index) => ({
    first: end.last + 1,
    last: (own[index]?.first ?? last + 1) - 1,
    protocol,
  }));
  return [...own, ...between.filter((part) => part.first <= part.last)].sort(byRange);
}

/** The same with another entry for a port. */
export function withEntry(allowFrom: AllowFrom, port: ListedPort, sources: Sources): AllowFrom {
  const others = allowFrom.ports.filter(
    (each) => portKey(each.port, each.protocol) !== portKey(port.port, port.protocol),
  );
  return {
    others: allowFrom.others,
    ports: [...others, { port: port.port, protocol: port.protocol, sources }].sort(
      byPortThenProtocol,
    ),
  };
}

/** The namespaces that are let in by name, sorted. */
export function namedNamespaces({ others, ports }: AllowFrom): string[] {
  const all = [...(others ?? []), ...ports.flatMap(({ sources }) => sources)];
  return [...new Set(namespacesIn(all))].sort();
}

/** The annotation in its canonical form. */
export function allowFromText({ others, ports }: AllowFrom): string {
  const single = ports.map(
    ({ port, protocol, sources }) => `${portKey(port, protocol)}=${sources.join(',')}`,
  );
  return [...(others ? [others.join(',')] : []), ...single].join(';');
}

/**
 * Parses `same-namespace,namespace/monitoring;9443/TCP=any`: entries by semicolons, their sources by commas, and
 * a port in front where an entry is about that port alone. Blanks around the parts are allowed.
 *
 * @throws AnnotationError where any part is not as it should be
 */
export function parseAllowFrom(text: string): AllowFrom {
  const entries = text.split(';').map(parseEntry);
  const ports: PortSources[] = [];
  let others: Sources | undefined;
  for (const { port, sources } of entries) {
    if (!port) {
      if (others) throw new AnnotationError(twice('all ports'));
      others = sources;
    } else {
      if (entryOf({ others, ports }, port))
        throw new AnnotationError(twice(portKey(port.port, port.protocol)));
      ports.push({ ...port, sources });
    }
  }
  return { others, ports: ports.sort(byPortThenProtocol) };
}

function twice(what: string): string {
  return `has two entries for ${what}; list their sources in one, with commas between`;
}

function parseEntry(text: string): { port: ListedPort | undefined; sources: Sources } {
  const [front, ...rest] = text.split('=');
  if (rest.length === 0) return { port: undefined, sources: parseSources(text) };
  const port = readPort((front ?? '').trim());
  if (!port || rest.length > 1)
    throw new AnnotationError(
      `must have a port such as 9443/TCP in front of an equals sign, not ${quote(text.trim())}`,
    );
  return { port, sources: parseSources(rest[0] ?? '') };
}

function parseSources(text: string): Sources {
  return sourcesFrom(text.split(',').map(parseSource));
}

/** "contain at most 63 characters … only lowercase alphanumeric characters or '-'" (Kubernetes docs, RFC 1123 label names) */
const NAMESPACE = /^namespace\/[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;

function parseSource(text: string): SourceEntry {
  const source = text.trim();
  if (source === 'any' || source === 'same-namespace') return source;
  if (NAMESPACE.test(source)) return source as SourceEntry;
  throw new AnnotationError(
    `must list any, same-namespace or namespace/NAME, not ${quote(source)}; commas part sources, semicolons entries, and 9443/TCP= in front makes an entry about that port alone`,
  );
}
