import {
  ACCEPT_CUTS_ANNOTATION,
  ALLOW_FROM_ANNOTATION,
  CLOSED_PORTS_ANNOTATION,
  EXTRA_PORTS_ANNOTATION,
} from '../../api/names.ts';
import { type AcceptedCut, acceptedCutText } from '../workload/accepted-cuts.ts';
import { type AllowFrom, allowFromText, sourcesOf, withEntry } from '../workload/allow-from.ts';
import type { PodOwner } from '../workload/controller-labels.ts';
import { portKey } from '../workload/declared-ports.ts';
import { type PortRange, rangeKey } from '../workload/port-range.ts';
import type { ListedPort } from '../workload/port-text.ts';
import { isAnybody } from '../workload/sources.ts';
import { annotate } from './annotate.ts';
import type { CutUse } from './cut-use.ts';
import { neededSources } from './let-in.ts';
import { MAXIMUM_OUTSIDE_PORTS, type OutsidePort, type OutsideVerdict } from './outside.ts';
import type { Source } from './source.ts';

/** What the annotations list already, and whose they are. */
export interface Listed {
  namespace: string;
  owner: PodOwner;
  extraPorts: readonly ListedPort[];
  closedPorts: readonly ListedPort[];
  acceptedCuts: readonly AcceptedCut[];
  allowFrom: AllowFrom;
  /** What the policy allows: without any port there is none, and no cut to accept. */
  declared: readonly ListedPort[];
  /** The ranges among the extra ports, which it allows, too. */
  ranges: readonly PortRange[];
}

/** What is cut off, as far as the line that mends it goes. */
type Cut = Pick<
  CutUse,
  'port' | 'protocol' | 'isDeclared' | 'isDeclarable' | 'mayBeUnserved' | 'sources'
>;

/**
 * The one line that mends a finding. The annotations are given in full, with what they list already,
 * so that the line can be copied.
 *
 * @param container the one that is to declare the port, where it is known
 */
export function fixOf(cut: Cut, container: string | undefined, listed: Listed): string {
  const { port, protocol, isDeclared, isDeclarable } = cut;
  if (typeof port === 'string') {
    const correcting = 'correct the name where it is used';
    return isDeclarable ? `${declaring(cut, container)}, or ${correcting}` : correcting;
  }
  const found = { port, protocol };
  const sources = [...cut.sources.values()];
  if (isDeclared) return `${lettingIn(found, sources, listed)}${accepting('it', found, listed)}`;
  const isClosed = listed.closedPorts.some(
    (each) => each.port === port && each.protocol === protocol,
  );
  const opening = isClosed ? reopening(found) : openingOf(cut, found, container, listed);
  const letting = sources.length > 0 ? `, and with that ${lettingIn(found, sources, listed)}` : '';
  const unless = cut.mayBeUnserved && isAnythingAllowed(listed) ? ' if nothing listens there' : '';
  return `${opening}${letting}${accepting('it', found, listed)}${unless}`;
}

/** A port that the owner closes is opened by taking it out of that list. */
function reopening(port: ListedPort): string {
  return `take ${portKey(port.port, port.protocol)} out of ${CLOSED_PORTS_ANNOTATION}`;
}

function openingOf(
  cut: Cut,
  port: ListedPort,
  container: string | undefined,
  listed: Listed,
): string {
  const { extraPorts, ranges } = listed;
  const value = [withPort(extraPorts, port), ...ranges.map(rangeKey)].join(',');
  const listing = `run ${setting(EXTRA_PORTS_ANNOTATION, value, listed)}`;
  return cut.isDeclarable ? `${declaring(cut, container)}, or ${listing}` : listing;
}

function isAnythingAllowed({ declared, ranges }: Listed): boolean {
  return declared.length + ranges.length > 0;
}

function accepting(what: string, port: ListedPort, listed: Listed): string {
  if (!isAnythingAllowed(listed)) return '';
  const key = portKey(port.port, port.protocol);
  const texts = [...listed.acceptedCuts, port].map((each) =>
    // An end that has come is no part of the advice.
    portKey(each.port, each.protocol) === key ? key : acceptedCutText(each),
  );
  const value = [...new Set(texts)].join(',');
  return `, or accept ${what} with ${setting(ACCEPT_CUTS_ANNOTATION, value, listed)}`;
}

function declaring({ port, protocol }: Cut, container: string | undefined): string {
  const where =
    container === undefined ? 'the container that listens on it' : `container ${container}`;
  const what = protocol === 'TCP' ? '' : ` with protocol ${protocol}`;
  const name =
    typeof port === 'string'
      ? `a containerPort named ${JSON.stringify(port)}`
      : `containerPort ${port}`;
  return `declare ${name}${what} in ${where}`;
}

function setting(key: string, value: string, { namespace, owner }: Listed): string {
  return annotate({ ...owner, namespace }, key, value);
}

/** Lets sources in to a port by an entry of its own. */
function lettingIn(port: ListedPort, sources: readonly Source[], listed: Listed): string {
  const { allowFrom } = listed;
  const needed = neededSources(sourcesOf(allowFrom, port), sources);
  const value = allowFromText(withEntry(allowFrom, port, needed));
  const line = `run ${setting(ALLOW_FROM_ANNOTATION, value, listed)}`;
  const whose = sources.flatMap((source) => (source.kind === 'pods' ? [source.whose] : []));
  // Who knows where a program runs need not let in everybody for it.
  if (!isAnybody(needed) || whose.length < sources.length) return line;
  const who = [...new Set(whose)].sort().join(' and ');
  return `${line} (or, in place of any, namespace/NAME of where ${who} runs, unless that is on the network of a node)`;
}

/** Why nothing waits for a port on which nothing listens. */
export const REFUSED =
  'nothing waits for it, as every ready pod refused a connection to it when it was asked';

/** The same for a port that only other namespaces refer to: who is there cannot ask the owner to open one. */
export function fixOfOutside(
  cut: Cut & OutsidePort,
  verdict: OutsideVerdict,
  listed: Listed,
): string {
  const { port, protocol, namespaces } = cut;
  const where = namespaces.length > 1 ? 'namespaces' : 'namespace';
  const shown = namespaces.slice(0, 3).join(', ');
  const more = namespaces.length > 3 ? ` and ${namespaces.length - 3} more` : '';
  const who = `${where} ${shown}${more}`;
  if (verdict === 'tooMany')
    return `nothing waits for it, as ${who} named more than ${MAXIMUM_OUTSIDE_PORTS} undeclared ports of these pods`;
  if (verdict === 'refused') return REFUSED;
  if (typeof port === 'string') return `only ${who} refers to it, by a name that no container has`;
  const found = { port, protocol };
  const letting = cut.isDeclared
    ? `, and if it is ${lettingIn(found, [...cut.sources.values()], listed)}`
    : '';
  return `only ${who} refers to it: ask there whether it is meant${letting}${accepting('the cut', found, listed)}`;
}

/** Why nothing waits where policies of others isolate the pods already. */
export function fixOfIsolated(policies: readonly string[]): string {
  const names = policies.slice(0, 3).join(', ');
  const more = policies.length > 3 ? ` and ${policies.length - 3} more` : '';
  const isolate = policies.length > 1 ? 'isolate' : 'isolates';
  return `nothing waits for it, as ${names}${more} ${isolate} the pods already, and a policy more closes nothing`;
}

/** The value of an annotation that lists one more port. */
function withPort(ports: readonly ListedPort[], { port, protocol }: ListedPort): string {
  const keys = [...ports, { port, protocol }].map((each) => portKey(each.port, each.protocol));
  return [...new Set(keys)].join(',');
}
