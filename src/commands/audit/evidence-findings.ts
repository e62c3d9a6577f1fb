import { isLoopback } from '../../domain/exposure/socket-table.ts';
import type { Audited } from './audited.ts';
import type { SeenListener } from './evidence.ts';
import { type Finding, findingAt } from './finding.ts';

const CONTAINERS = ['spec', 'template', 'spec', 'containers'];

/** What the evidence adds to the findings of each workload. */
export function evidenceFindings(audited: readonly Audited[]): Map<Audited, Finding[]> {
  const shared = sharedListeners(audited);
  return new Map(
    audited.map((each) => [
      each,
      [...reachableFindings(each), ...listenerFindings(each, shared), ...connectedFindings(each)],
    ]),
  );
}

function reachableFindings({ found, evidence }: Audited): Finding[] {
  const { reachable = [] } = evidence;
  const undeclared = reachable.filter(({ declared }) => !declared).map(({ port }) => port);
  const denied = reachable.filter(({ expected }) => expected === 'Denied').map(({ port }) => port);
  return [
    ...(undeclared.length > 0
      ? [findingAt(found, 'PL019', `${tcp(undeclared)} is reachable and not declared`, CONTAINERS)]
      : []),
    ...(denied.length > 0
      ? [findingAt(found, 'PL020', `A connection to ${tcp(denied)} was made that no policy allows`)]
      : []),
  ];
}

/** By image, port and process: the workloads in which it is, the first of which tells of it. */
function sharedListeners(audited: readonly Audited[]): Map<string, Audited[]> {
  const shared = new Map<string, Audited[]>();
  for (const each of audited)
    for (const key of new Set(undeclaredListeners(each).map(keyOf)))
      shared.set(key, [...(shared.get(key) ?? []), each]);
  return shared;
}

function listenerFindings(audited: Audited, shared: Map<string, Audited[]>): Finding[] {
  const seen = new Map(undeclaredListeners(audited).map((each) => [keyOf(each), each]));
  return [...seen].flatMap(([key, listener]) => {
    const [first, ...others] = shared.get(key) ?? [];
    if (first !== audited) return [];
    const names = others.map(({ found: { value } }) => `${value.namespace}/${value.name}`);
    const same = names.length > 0 ? `; the same in ${listed(names)}` : '';
    return [findingAt(audited.found, 'PL021', listenerInWords(listener) + same, CONTAINERS)];
  });
}

function undeclaredListeners({ evidence: { listening = [] } }: Audited): SeenListener[] {
  return listening.filter(({ declared, address }) => !declared && !isLoopback(address));
}

/** Where no image is known, nobody can say that it is the same. */
function keyOf({ image, container, port, process }: SeenListener): string {
  return JSON.stringify([image || container, port, process]);
}

function listenerInWords({ process, container, image, port }: SeenListener): string {
  const who = process || 'Something';
  const where = container === '' ? '' : ` in the container ${container}`;
  return `${who}${where}${image === '' ? '' : ` of ${image}`} listens on ${port}/TCP, which is not declared`;
}

function connectedFindings({ found, evidence }: Audited): Finding[] {
  const { connected = [] } = evidence;
  const undeclared = connected.filter(({ declared }) => !declared);
  return [...Map.groupBy(undeclared, ({ port }) => port)].map(([port, peers]) => {
    const names = [...new Set(peers.map(({ peer }) => peer))].sort();
    return findingAt(
      found,
      'PL022',
      `Connected now to ${port}/TCP, which is not declared: ${listed(names)}`,
      CONTAINERS,
    );
  });
}

/** So many are named. */
const MOST_NAMED = 10;

function listed(names: readonly string[]): string {
  const more = names.length - MOST_NAMED;
  return names.slice(0, MOST_NAMED).join(', ') + (more > 0 ? ` and ${more} more` : '');
}

function tcp(ports: readonly number[]): string {
  return listed(ports.map((port) => `${port}/TCP`));
}
