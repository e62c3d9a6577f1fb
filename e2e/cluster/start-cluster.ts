import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

import { type ApiServer, apiServerRequest } from './api-server-request.ts';
import { buildBaseImages } from './base-images.ts';
import type { Cluster } from './cluster.ts';
import type { Component } from './component.ts';
import { auditLog, startApiServer, startControllers } from './control-plane.ts';
import { type Credentials, makeCredentials } from './credentials.ts';
import type { Directories } from './directories.ts';
import { buildGo, ciliumBuild, kubernetesBuild } from './go-build.ts';
import { makeNamespaces, type Node } from './namespaces.ts';
import { startContainerd, startKubelet } from './node.ts';
import { installPackages } from './packages.ts';
import { connectCilium, connectPtp, createCiliumKinds } from './pod-network.ts';
import { countSteps, type OnProgress } from './progress.ts';
import { writeRunningCluster } from './running-cluster.ts';
import {
  type Families,
  type Network,
  type NodeCount,
  nodeAddresses,
  rangesOf,
} from './topology.ts';
import { waitUntil } from './wait.ts';

export interface ClusterStart {
  readonly places: Directories;
  readonly network: Network;
  readonly nodes: NodeCount;
  readonly families: Families;
  readonly signal: AbortSignal | undefined;
  readonly onProgress: OnProgress;
}

/**
 * Builds what the cache lacks and starts a cluster where there is none.
 * Leaves it to the caller to remove what has been started when it throws.
 */
export async function startCluster(start: ClusterStart): Promise<Cluster> {
  const { places, network, signal, onProgress } = start;
  const step = countSteps(network === 'cilium' ? 7 : 6, onProgress, signal);
  await step('looking for Debian packages', (say) => installPackages(network, say, signal));
  const kubernetes = await step('looking for a build of Kubernetes', (say) =>
    buildGo(kubernetesBuild, places.builds, say, signal),
  );
  const cilium =
    network === 'cilium'
      ? await step('looking for a build of Cilium', (say) =>
          buildGo(ciliumBuild, places.builds, say, signal),
        )
      : undefined;
  const archives = await step('looking for the images', (say) =>
    buildBaseImages(places, kubernetes, say, signal),
  );
  const kube = join(kubernetes, 'kube');
  const { credentials, nodes, server } = await step('starting the control plane', () =>
    startControlPlane(start, kube),
  );
  const parts = { kube, credentials, archives, signal };
  const components = await step(
    `starting ${nodes.map(({ name }) => name).join(' and ')}`,
    async () => {
      await Promise.all(nodes.map((node) => startContainerd(node, parts)));
      return (await Promise.all(nodes.map((node) => startKubelet(node, parts)))).flat();
    },
  );
  await step('waiting for the nodes to be Ready', async () => {
    await connectPods(nodes, kube, cilium, credentials, components, signal);
    await untilReady(server, nodes, components, signal);
  });
  const kubeconfig = credentials.kubeconfig('admin');
  await writeRunningCluster(places.state, nodes);
  return {
    kubeconfig,
    network,
    nodes: nodes.map(({ name }) => name),
    auditLog: auditLog(places.state),
    binaries: { kubectl: [kube, 'kubectl'] },
  };
}

async function startControlPlane(
  { places, nodes: count, families, signal }: ClusterStart,
  kube: string,
) {
  const { state } = places;
  const addresses = nodeAddresses(count, families);
  const ranges = rangesOf(families);
  await mkdir(state, { recursive: true });
  const credentials = await makeCredentials(join(state, 'pki'), addresses, signal);
  const nodes = await makeNamespaces(state, addresses, ranges, signal);
  const plane = { state, kube, node: nodes[0], nodes, ranges, credentials, signal };
  const server = await startApiServer(plane);
  await startControllers(plane, server);
  return { credentials, nodes, server };
}

async function connectPods(
  nodes: readonly Node[],
  kube: string,
  cilium: string | undefined,
  credentials: Credentials,
  components: Component[],
  signal: AbortSignal | undefined,
): Promise<void> {
  if (cilium === undefined) {
    await Promise.all(nodes.map((node) => connectPtp(node)));
    return;
  }
  await createCiliumKinds(kube, cilium, credentials.kubeconfig('admin'), signal);
  const agents = nodes.map((node) => connectCilium(node, cilium, credentials, signal));
  components.push(...(await Promise.all(agents)));
}

async function untilReady(
  server: ApiServer,
  nodes: readonly Node[],
  components: readonly Component[],
  signal: AbortSignal | undefined,
): Promise<void> {
  await waitUntil(
    async () => {
      for (const component of components) component.check();
      const answer = await apiServerRequest(server, 'GET', '/api/v1/nodes');
      const { items } = JSON.parse(answer.text) as { items?: readonly NodeObject[] };
      const ready = (items ?? []).filter(isReady).map(({ metadata }) => metadata.name);
      return nodes.every(({ name }) => ready.includes(name));
    },
    { what: 'the nodes to be Ready', timeoutMilliseconds: 180_000, signal },
  );
}

interface NodeObject {
  readonly metadata: { readonly name: string };
  readonly spec: { readonly taints?: readonly unknown[] };
  readonly status: { readonly conditions?: readonly { type: string; status: string }[] };
}

// The taint of a node that is not ready goes a moment after it is; pods wait for that.
function isReady({ spec, status }: NodeObject): boolean {
  const ready = status.conditions?.find(({ type }) => type === 'Ready')?.status === 'True';
  return ready && (spec.taints ?? []).length === 0;
}
