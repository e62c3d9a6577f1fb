/**
 * What a policy would close without a word: found from what the manifests' own texts say, and from what programs are
 * known to do. Nothing here comes from portlock's pre-flight, whose misses it is there to show.
 */
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';

/** The part of an object that is read here. */
export interface Manifest {
  kind: string;
  metadata?: {
    name?: string;
    namespace?: string;
    labels?: Record<string, string>;
    annotations?: Record<string, string>;
  };
  spec?: unknown;
  data?: unknown;
  stringData?: unknown;
}

export interface SilentCut {
  port: number;
  /** Who says that the port is in use. */
  because: string;
}

interface Known {
  image: string;
  listens: number[];
  peers: number[];
}

interface Container {
  image?: string;
  command?: string[];
  args?: string[];
  env?: { name: string; value?: string }[];
}

interface WorkloadSpec {
  replicas?: number;
  template?: {
    metadata?: { labels?: Record<string, string>; annotations?: Record<string, string> };
    spec?: { containers?: Container[]; volumes?: { configMap?: { name?: string } }[] };
  };
}

interface ServiceSpec {
  clusterIP?: string;
  selector?: Record<string, string>;
  ports?: { port: number; targetPort?: number | string }[];
}

const KNOWN: Known[] = parse(readFileSync(new URL('./known-ports.yaml', import.meta.url), 'utf8'));

/** Annotations that name a port of somebody else, or none that is listened on. */
const ELSEWHERE = /outbound|exclude|protocol|name|path|scheme/i;

/**
 * The ports of a workload that something in the application is said to use, that are not among `allowed`, and that
 * `told` does not name. Sorted by port.
 */
export function silentCuts(
  workload: Manifest,
  objects: readonly Manifest[],
  { allowed, told }: { allowed: ReadonlySet<number>; told: ReadonlySet<number> },
): SilentCut[] {
  const found = new Map<number, string>();
  for (const { port, because } of [
    ...namedWithItsHost(workload, objects),
    ...peersOf(workload),
    ...inAnnotations(workload, objects),
  ]) {
    if (!allowed.has(port) && !told.has(port) && !found.has(port)) found.set(port, because);
  }
  return [...found].map(([port, because]) => ({ port, because })).sort((a, b) => a.port - b.port);
}

/** The ports that its arguments, environment, configuration and images say it listens on. Sorted. */
export function listening(workload: Manifest, objects: readonly Manifest[]): number[] {
  const { template } = specOf<WorkloadSpec>(workload);
  const containers = template?.spec?.containers ?? [];
  const mounted = (template?.spec?.volumes ?? []).map(({ configMap }) => configMap?.name);
  const configuration = objects.filter(
    ({ kind, metadata }) => kind === 'ConfigMap' && mounted.includes(metadata?.name),
  );
  const words = containers.flatMap(({ command = [], args = [], env = [] }) => [
    ...withValues([...command, ...args]),
    ...env.map(({ name, value }) => `${name}=${value ?? ''}`),
  ]);
  const lines = configuration.flatMap(({ data }) => texts(data).flatMap((t) => t.split('\n')));
  const named = [...words, ...lines].flatMap(listenedOn);
  return [...new Set([...named, ...knownOf(workload).flatMap(({ listens }) => listens)])].sort(
    (a, b) => a - b,
  );
}

/** `HOST:PORT` in any text of the application, where HOST leads to the workload's pods. */
function namedWithItsHost(workload: Manifest, objects: readonly Manifest[]): SilentCut[] {
  const services = objects.filter((each) => each.kind === 'Service' && leadsTo(each, workload));
  return services.flatMap((service) =>
    objects.flatMap((object) =>
      portsNamedIn(object, service).flatMap((named) => {
        const port = portBehind(service, named);
        const because = `${object.kind} ${object.metadata?.name} names ${service.metadata?.name}:${named}`;
        return port === undefined ? [] : [{ port, because }];
      }),
    ),
  );
}

/** The pods' port that a client of the Service's name reaches by a number; undefined where it reaches none. */
function portBehind(service: Manifest, named: number): number | undefined {
  if (isHeadless(service)) return named;
  const through = specOf<ServiceSpec>(service).ports?.find(({ port }) => port === named);
  const target = Number(through?.targetPort ?? through?.port);
  return Number.isInteger(target) ? target : undefined;
}

/** The numbers that follow the Service's name; from another namespace, only where that one is named, too. */
function portsNamedIn({ spec, data, stringData, metadata }: Manifest, service: Manifest): number[] {
  const escaped = (word = '') => word.replaceAll(/[.$]/g, '\\$&');
  const namespace = namespaceOf(service);
  const isNear = metadata?.namespace === namespace;
  const space = isNear ? `(?:\\.${escaped(namespace)})?` : `\\.${escaped(namespace)}`;
  // Only where the name is one of all pods has each of them a name below it.
  const before = isHeadless(service) ? '(?<![a-zA-Z0-9-])' : '(?<![a-zA-Z0-9.-])';
  const after = String.raw`(?:\.svc(?:\.[a-z0-9.-]+)?)?:(\d{2,5})\b`;
  const pattern = new RegExp(before + escaped(service.metadata?.name) + space + after, 'g');
  const text = texts([spec, data, stringData]).join('\n');
  return [...text.matchAll(pattern)].map(([, number]) => Number(number));
}

function isHeadless(service: Manifest): boolean {
  return specOf<ServiceSpec>(service).clusterIP === 'None';
}

/** What replicas of a known program connect to on each other. */
function peersOf(workload: Manifest): SilentCut[] {
  const { replicas = 1 } = specOf<WorkloadSpec>(workload);
  if (replicas < 2) return [];
  return knownOf(workload).flatMap(({ image, peers }) =>
    peers.map((port) => ({ port, because: `${replicas} replicas of ${image}` })),
  );
}

/** Numbers of annotations whose key speaks of a port, on the pods and on what leads to them. */
function inAnnotations(workload: Manifest, objects: readonly Manifest[]): SilentCut[] {
  const services = objects.filter((each) => each.kind === 'Service' && leadsTo(each, workload));
  const annotations = [
    specOf<WorkloadSpec>(workload).template?.metadata?.annotations,
    ...services.map(({ metadata }) => metadata?.annotations),
  ];
  return annotations.flatMap((each) =>
    Object.entries(each ?? {})
      .filter(([key, value]) => /port/i.test(key) && !ELSEWHERE.test(key) && isPort(value))
      .map(([key, value]) => ({ port: Number(value), because: `annotation ${key}` })),
  );
}

function leadsTo(service: Manifest, workload: Manifest): boolean {
  const selector = Object.entries(specOf<ServiceSpec>(service).selector ?? {});
  const labels = specOf<WorkloadSpec>(workload).template?.metadata?.labels ?? {};
  return (
    selector.length > 0 &&
    namespaceOf(service) === namespaceOf(workload) &&
    selector.every(([key, value]) => labels[key] === value)
  );
}

function knownOf(workload: Manifest): Known[] {
  const containers = specOf<WorkloadSpec>(workload).template?.spec?.containers ?? [];
  const images = containers.map(({ image = '' }) => image.replace(/[:@].*$/, ''));
  return KNOWN.filter(({ image }) =>
    images.some((each) => new RegExp(`(^|/)${image}$`).test(each)),
  );
}

/** Each argument, with the one behind it where that is its value. */
function withValues(words: readonly string[]): string[] {
  return words.map((word, index) => {
    const next = words[index + 1] ?? '';
    return /^-[^=]*$/.test(word) && !next.startsWith('-') ? `${word}=${next}` : word;
  });
}

/** The number in `--metrics-addr=:8080`, `PORT=80`, `listen 0.0.0.0:9000;` and the like. */
function listenedOn(text: string): number[] {
  const said = /(?:port|addr|address|listen|bind)[\w.-]*["']?\s*[=: ]\s*["']?(\S+)/i.exec(text);
  const number = /^(?:[\w.[\]-]*:)?(\d{2,5})(?:[;,"'\s]|$)/.exec(said?.[1] ?? '')?.[1];
  return number !== undefined && isPort(number) ? [Number(number)] : [];
}

function isPort(text: string): boolean {
  return /^\d{1,5}$/.test(text) && Number(text) >= 1 && Number(text) <= 65_535;
}

function namespaceOf({ metadata }: Manifest): string {
  return metadata?.namespace ?? '';
}

/** Every string in a value but the names of images, whose tags look like ports. */
function texts(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, each]) => (key === 'image' ? [] : texts(each)));
}

function specOf<Spec>({ spec }: Manifest): Partial<Spec> {
  return (spec ?? {}) as Partial<Spec>;
}
