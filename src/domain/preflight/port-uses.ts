import type { LabelSelector } from '../../api/kubernetes.ts';
import type { PodOwner } from '../workload/controller-labels.ts';
import { labelsToCome } from '../workload/labels-to-come.ts';
import type { ScrapeAnnotations } from '../workload/template-use.ts';
import { podScrapeUses } from './annotation.ts';
import { apiServiceUses } from './api-service.ts';
import { conversionUses } from './conversion.ts';
import {
  canonicalAddress,
  endpointSliceUses,
  outsideSliceUses,
  slicesListing,
} from './endpoint-slice.ts';
import { externalNameUses } from './external-name.ts';
import { hostPortUses } from './host-port.ts';
import { inferencePoolUses } from './inference-pool.ts';
import { ingressUses } from './ingress.ts';
import { LabelIndex } from './label-index.ts';
import { podMonitorUses, serviceMonitorUses } from './monitor.ts';
import { namedServiceUses } from './named-service.ts';
import { type PodShape, PortNames, podShapes, selectorKeys } from './pod-shape.ts';
import type { PortUse } from './port-use.ts';
import { probeUses } from './probe.ts';
import type { ReachedServices } from './reached-service.ts';
import { routeUses } from './route.ts';
import { awaitedShapes, type Selection, selectedShapes } from './selected-shapes.ts';
import { reachedServices, serviceUses } from './service.ts';
import { ANYBODY, PEERS } from './source.ts';
import type { ClusterUsage, UsedPod } from './usage.ts';
import { webhookUses } from './webhook.ts';

/** The pods in question. */
export interface UsedPods {
  namespace: string;
  /** How many replicas the workload has now: more than one may talk among themselves. */
  replicas: number;
  owner: PodOwner;
  /** The workload's own. */
  selector: LabelSelector;
  /** The pod that the template makes. */
  template: UsedPod;
  /** Live pods; old ones count until they are gone, as their ports do. */
  pods: readonly (UsedPod & { ips: readonly string[] })[];
}

/** Every use of a port of the pods that the cluster's objects tell of, in no order and with repetitions. */
export function portUses(used: UsedPods, cluster: ClusterUsage): PortUse[] {
  const { namespace, template, pods } = used;
  const services = cluster.services.filter((service) => service.namespace === namespace);
  const shapes = podShapes(
    [withAddedLabels(template, used.owner), ...pods],
    selectorKeys([...services, ...cluster.inferencePools], cluster.podMonitors),
  );
  const byLabels = new LabelIndex(shapes, ({ labels }) => labels);
  const toCome = { ...used, labels: template.labels };
  const selected = selectedShapes(byLabels, used.owner);
  const awaited = awaitedShapes(byLabels, toCome, selected);
  const names = new PortNames();
  const ips = cluster.endpointSlices.length > 0 ? addressesOf(pods) : new Set<string>();
  const slices = slicesListing(cluster.endpointSlices, namespace, ips);
  const reached = reachedServices(services, selected, names, slices, byLabels.matching({}));
  return [
    ...shapes.flatMap((shape) => ownUses(shape, template)),
    ...endpointSliceUses(slices, reached),
    ...outsideSliceUses(cluster.endpointSlices, cluster.services, namespace, { ips, pods: shapes }),
    ...usesBySelection(selected, reached, names, used, cluster),
    ...awaitedUses(
      awaited,
      reachedServices(services, awaited, names, [], []),
      names,
      used,
      cluster,
    ),
  ];
}

/** As its controller makes pods of it: a selector may ask for labels that these do not have. */
function withAddedLabels(template: UsedPod, owner: PodOwner): UsedPod {
  const [added] = labelsToCome(owner, []);
  return { ...template, labels: { ...template.labels, ...added } };
}

/** Uses by what leads to pods by a selector. */
function usesBySelection(
  selection: Selection,
  reached: ReachedServices,
  names: PortNames,
  { namespace, replicas }: UsedPods,
  cluster: ClusterUsage,
): PortUse[] {
  return [
    ...serviceUses(reached, replicas > 1 ? PEERS : ANYBODY),
    ...externalNameUses(cluster, namespace, reached),
    ...ingressUses(cluster.ingresses, cluster.entrances, namespace, reached),
    ...namedServiceUses(cluster, namespace, reached),
    ...routeUses(cluster.routes, namespace, reached),
    ...serviceMonitorUses(cluster.serviceMonitors, namespace, reached, names),
    ...podMonitorUses(cluster.podMonitors, namespace, selection, names),
    ...inferencePoolUses(cluster.inferencePools, namespace, selection, reached),
    ...webhookUses(cluster.webhooks, namespace, reached),
    ...conversionUses(cluster.definitions, namespace, reached),
    ...apiServiceUses(cluster.apiServices, namespace, reached),
  ];
}

/** The same where pods have to get labels before. */
function awaitedUses(...by: Parameters<typeof usesBySelection>): PortUse[] {
  const [awaited, reached, , { namespace }, { podMonitors, inferencePools }] = by;
  const isAwaited = (selector: LabelSelector) => awaited(selector).shapes.length > 0;
  const isAny =
    reached.size > 0 ||
    podMonitors.some(({ selector }) => isAwaited(selector)) ||
    inferencePools.some(
      (pool) => pool.namespace === namespace && isAwaited({ matchLabels: pool.selector }),
    );
  return isAny ? usesBySelection(...by).map((use) => ({ ...use, awaited: true })) : [];
}

function addressesOf(pods: UsedPods['pods']): Set<string> {
  return new Set(pods.flatMap((pod) => pod.ips.map(canonicalAddress)));
}

/**
 * What the pods themselves say. The owner edits the template: what an admission webhook has put beside it, no
 * container of the owner's can declare.
 */
function ownUses(shape: PodShape, template: UsedPod): PortUse[] {
  const own = new Set(template.use.containers);
  const uses = [...probeUses(shape), ...hostPortUses(shape)];
  const scrapes = podScrapeUses(shape);
  if (shape.use.containers.every((container) => own.has(container))) return [...uses, ...scrapes];
  // A mesh has the probes of other containers sent to its proxy, too.
  const written = new Set(probeUses(template).map(asked));
  const isOwn = (use: PortUse) =>
    use.container === undefined || (own.has(use.container) && isWritten(use, written));
  const isOfTemplate = isSameScrape(shape.use.scrape, template.use.scrape);
  return [
    ...uses.map((use) => (isOwn(use) ? use : asInjected(use))),
    ...(isOfTemplate ? scrapes : scrapes.map(asInjected)),
  ];
}

/** Whether the owner wrote it: a port of the node is, as no mesh asks for one. */
function isWritten(use: PortUse, written: ReadonlySet<string>): boolean {
  return use.source.kind !== 'kubelet' || written.has(asked(use));
}

function asked({ user, port }: PortUse): string {
  return `${user} ${port}`;
}

function isSameScrape(a: ScrapeAnnotations, b: ScrapeAnnotations): boolean {
  const collected = [a, b].map((each) => JSON.stringify(each.collected));
  return a.scrape === b.scrape && a.port === b.port && collected[0] === collected[1];
}

function asInjected(use: PortUse): PortUse {
  return { ...use, undeclarable: true };
}
