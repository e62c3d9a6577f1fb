import type { Protocol } from '../../api/kubernetes.ts';
import { unlikePods } from '../match/unlike-pods.ts';
import type { TemplateUse } from '../workload/template-use.ts';
import type { ContainerPort } from '../workload/workload.ts';
import type { Monitor, Service, UsedPod } from './usage.ts';

/** Pods that no selector, port or probe tells apart: hundreds of replicas are one or two shapes. */
export interface PodShape {
  /** Only the labels that a selector speaks of. */
  labels: Readonly<Record<string, string>>;
  ports: readonly ContainerPort[];
  use: TemplateUse;
}

/** The distinct shapes of pods, as far as selectors over these keys can see. */
export function podShapes(pods: readonly UsedPod[], keys: ReadonlySet<string>): PodShape[] {
  const shapes = new Map<string, PodShape>();
  const partsOf = ({ ports, use }: UsedPod) => [ports, use];
  for (const { labels, ports, use } of unlikePods(pods, { keys, partsOf })) {
    let signature = `${use.scrape.scrape ?? ''}\0${use.scrape.port ?? ''}\0`;
    const seen = Object.entries(labels).filter(([key]) => keys.has(key));
    // Selectors may speak of any number of keys, pods have few.
    for (const [key, value] of seen.sort(byKey)) signature += `${key}=${value}\0`;
    signature += '\0';
    for (const { container, port, protocol, name, hostPort } of ports) {
      signature += `${container}/${port}/${protocol}/${name ?? ''}/${hostPort ?? ''}\0`;
    }
    for (const { container, handler, port, host } of use.handlers) {
      signature += `${container}/${handler}/${typeof port}/${port}/${host}\0`;
    }
    signature += annotationsOf(use);
    if (shapes.has(signature)) continue;
    // Object.fromEntries defines own properties, so a key named __proto__ stays plain data.
    shapes.set(signature, {
      labels: Object.fromEntries(seen),
      // As among the declared ports, what is no port number does not count.
      ports: ports.filter(({ port }) => Number.isInteger(port) && port >= 1 && port <= 65535),
      use,
    });
  }
  return [...shapes.values()];
}

function annotationsOf({ annotatedPorts = [], scrape: { collected = [] } }: TemplateUse): string {
  const annotated = annotatedPorts.map(
    ({ name, port, isLabel }) => `${isLabel ? 'label ' : ''}${name}=${port}\0`,
  );
  return [...annotated, ...collected.map(({ key, port }) => `${key}:${port}\0`)].join('');
}

function byKey([a]: [string, string], [b]: [string, string]): number {
  return a < b ? -1 : 1;
}

/** The label keys that any selector speaks of. */
export function selectorKeys(
  services: readonly Pick<Service, 'selector'>[],
  podMonitors: readonly Monitor[],
): Set<string> {
  const keys = new Set<string>();
  for (const { selector } of services) {
    for (const key of Object.keys(selector)) keys.add(key);
  }
  for (const { selector } of podMonitors) {
    for (const key of Object.keys(selector.matchLabels ?? {})) keys.add(key);
    for (const { key } of selector.matchExpressions ?? []) keys.add(key);
  }
  return keys;
}

/**
 * Looks port names up in pods. "If the targetPort is a string, look that string up in all named
 * ports in all containers in the target pod" (FindPort of Kubernetes' pkg/api/v1/pod), where name and
 * protocol must match and native sidecars count. Each group of pods is read once.
 */
export class PortNames {
  readonly #read = new Map<readonly PodShape[], Map<string, Set<number>>>();

  /** The numbers that a name has in the pods: none, one, or several during a rollout. */
  numbers(shapes: readonly PodShape[], name: string, protocol: Protocol): readonly number[] {
    return [...(this.#namesOf(shapes).get(`${name}/${protocol}`) ?? [])];
  }

  /** The same for who does not care for the protocol that was declared. */
  numbersOfAnyProtocol(shapes: readonly PodShape[], name: string): readonly number[] {
    const protocols: Protocol[] = ['TCP', 'UDP', 'SCTP'];
    return [...new Set(protocols.flatMap((protocol) => this.numbers(shapes, name, protocol)))];
  }

  #namesOf(shapes: readonly PodShape[]): Map<string, Set<number>> {
    const known = this.#read.get(shapes);
    if (known) return known;
    const names = new Map<string, Set<number>>();
    for (const { ports } of shapes) {
      for (const { name, port, protocol } of ports) {
        if (name === undefined) continue;
        const numbers = names.get(`${name}/${protocol}`);
        if (numbers) numbers.add(port);
        else names.set(`${name}/${protocol}`, new Set([port]));
      }
    }
    this.#read.set(shapes, names);
    return names;
  }
}
