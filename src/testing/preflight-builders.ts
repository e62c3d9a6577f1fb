import type { ListingSlice } from '../domain/preflight/endpoint-slice.ts';
import { LabelIndex } from '../domain/preflight/label-index.ts';
import { type PodShape, PortNames } from '../domain/preflight/pod-shape.ts';
import type { PreflightInput } from '../domain/preflight/preflight.ts';
import type { ReachedServices } from '../domain/preflight/reached-service.ts';
import { type Selection, selectedShapes } from '../domain/preflight/selected-shapes.ts';
import { reachedServices } from '../domain/preflight/service.ts';
import type {
  ClusterUsage,
  Monitor,
  MonitorEndpoint,
  Service,
  ServicePort,
  UsedPod,
} from '../domain/preflight/usage.ts';
import { UNSAID } from '../domain/workload/allow-from.ts';
import type { TemplateUse } from '../domain/workload/template-use.ts';
import type { ContainerPort } from '../domain/workload/workload.ts';
import { NO_USAGE, port } from './builders.ts';

const WEB = { kind: 'Deployment', name: 'web' } as const;

/** Tiny builders for tests of pre-flight: pods `app: web` in the namespace shop that declare 8080, named http. */

export const HTTP: ContainerPort = { ...port(8080), name: 'http' };

export function templateUse(fields: Partial<TemplateUse> = {}): TemplateUse {
  return {
    containers: ['app'],
    handlers: [],
    scrape: { scrape: undefined, port: undefined },
    ...fields,
  };
}

export function usedPod(fields: Partial<UsedPod> = {}): UsedPod {
  return { labels: { app: 'web' }, ports: [HTTP], use: templateUse(), ...fields };
}

export function servicePort(fields: Partial<ServicePort> = {}): ServicePort {
  return { name: '', port: 80, protocol: 'TCP', targetPort: undefined, ...fields };
}

export function service(fields: Partial<Service> = {}): Service {
  return {
    namespace: 'shop',
    name: 'web',
    labels: { app: 'web' },
    selector: { app: 'web' },
    externalName: undefined,
    headless: false,
    exposure: undefined,
    addresses: [],
    ports: [servicePort({ targetPort: 9090 })],
    scrape: { scrape: undefined, port: undefined },
    ...fields,
  };
}

export function monitor(
  endpoint: Partial<MonitorEndpoint>,
  fields: Partial<Monitor> = {},
): Monitor {
  const empty = { port: '', portNumber: undefined, targetPort: undefined, addressPorts: [] };
  return {
    kind: 'ServiceMonitor',
    namespace: 'shop',
    name: 'web',
    selector: { matchLabels: { app: 'web' } },
    namespaceSelector: { any: false, matchNames: [] },
    endpoints: [{ ...empty, ...endpoint }],
    ...fields,
  };
}

export function shape(fields: Partial<PodShape> = {}): PodShape {
  return { labels: { app: 'web' }, ports: [HTTP], use: templateUse(), ...fields };
}

export function indexOf(shapes: readonly PodShape[]): LabelIndex<PodShape> {
  return new LabelIndex(shapes, ({ labels }) => labels);
}

/** What leads to pods of these shapes. */
export function selectionOf(shapes: readonly PodShape[]): Selection {
  return selectedShapes(indexOf(shapes), WEB);
}

/** The Services as pods of these shapes, and these slices, make them reached. */
export function reached(
  services: readonly Service[],
  shapes: readonly PodShape[] = [shape()],
  slices: readonly ListingSlice[] = [],
): ReachedServices {
  return reachedServices(services, selectionOf(shapes), new PortNames(), slices, shapes);
}

export function cluster(fields: Partial<ClusterUsage> = {}): ClusterUsage {
  return { ...NO_USAGE, ...fields };
}

export function preflightInput(fields: Partial<PreflightInput> = {}): PreflightInput {
  return {
    namespace: 'shop',
    owner: WEB,
    selector: { matchLabels: { app: 'web' } },
    template: usedPod(),
    replicas: 1,
    pods: [],
    declared: [{ port: 8080, protocol: 'TCP', containers: ['app'] }],
    extraPorts: [],
    ranges: [],
    closedPorts: [],
    acceptedCuts: [],
    allowFrom: UNSAID,
    cluster: cluster(),
    otherUses: [],
    arePeers: false,
    open: [],
    isAsked: true,
    isolatedBy: () => [],
    waitsForLabels: () => true,
    outside: { before: new Map(), refused: () => new Set() },
    ...fields,
  };
}
