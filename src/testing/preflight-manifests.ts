import { declaredPorts } from '../domain/ports.ts';
import { type Preflight, preflight } from '../domain/preflight/preflight.ts';
import type { ClusterUsage, RouteKind } from '../domain/preflight/usage.ts';
import { readSettings } from '../domain/settings.ts';
import { projectPodMonitor, projectServiceMonitor } from '../kube/monitor-projection.ts';
import { projectDeployment, projectPod } from '../kube/projections.ts';
import {
  projectApiService,
  projectDefinition,
  projectEndpointSlice,
  projectIngress,
  projectRoute,
  projectService,
  projectWebhookConfiguration,
} from '../kube/usage-projections.ts';

/** An object in wire form, as far as a test needs to know it. */
export interface Wire {
  kind: string;
  metadata?: { name?: string; namespace?: string; annotations?: Record<string, string> };
  spec?: { template?: unknown };
}

const NAMESPACE = 'shop';
const ROUTES: readonly RouteKind[] = ['HTTPRoute', 'GRPCRoute', 'TCPRoute', 'TLSRoute', 'UDPRoute'];

/** Pre-flight of the Deployment among these manifests, applied to the namespace shop where they name none. */
export function preflightOf(manifests: readonly Wire[]): Preflight {
  const byKind = Map.groupBy(manifests.map(inNamespace), ({ kind }) => kind);
  const wires = (kind: string) => byKind.get(kind) ?? [];
  const [deployment] = wires('Deployment');
  if (!deployment) throw new Error('no Deployment among the manifests');
  const workload = projectDeployment(deployment);
  const pods = wires('Pod').map((wire) => ({
    ...projectPod(wire),
    // A pod of another owner, under the same selector: its ports are not declared by the workload.
    owned: wire.metadata?.annotations?.['test/stranger'] === undefined,
  }));
  const { extraPorts, acceptedCuts } = readSettings(workload);
  return preflight({
    namespace: workload.namespace,
    template: workload.template,
    pods,
    declared: declaredPorts(
      workload,
      pods.filter(({ owned }) => owned),
      extraPorts,
    ),
    extraPorts,
    acceptedCuts,
    cluster: clusterUsage(wires),
  });
}

/** Projects whatever kinds there are. */
export function clusterUsage(wires: (kind: string) => readonly object[]): ClusterUsage {
  return {
    services: wires('Service').map(projectService),
    endpointSlices: wires('EndpointSlice').map(projectEndpointSlice),
    ingresses: wires('Ingress').map(projectIngress),
    routes: ROUTES.flatMap((kind) => wires(kind).map(projectRoute(kind))),
    serviceMonitors: wires('ServiceMonitor').map(projectServiceMonitor),
    podMonitors: wires('PodMonitor').map(projectPodMonitor),
    webhooks: (['ValidatingWebhookConfiguration', 'MutatingWebhookConfiguration'] as const).flatMap(
      (kind) => wires(kind).map(projectWebhookConfiguration(kind)),
    ),
    definitions: wires('CustomResourceDefinition').map(projectDefinition),
    apiServices: wires('APIService').map(projectApiService),
  };
}

function inNamespace(wire: Wire): Wire {
  return { ...wire, metadata: { namespace: NAMESPACE, ...wire.metadata } };
}
