import { cp, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { run } from './command.ts';
import { type Component, startComponent } from './component.ts';
import type { Credentials } from './credentials.ts';
import { sources } from './directories.ts';
import { type Node, onNode } from './namespaces.ts';
import { networkPlugins } from './node.ts';
import { findClang } from './packages.ts';
import { searchPath } from './search-path.ts';
import { addresses } from './topology.ts';

/** Connects a node's pods by routes alone. NetworkPolicies are accepted and change nothing. */
export async function connectPtp(node: Node): Promise<void> {
  const ipam = {
    type: 'host-local',
    ranges: [[{ subnet: node.podRange }]],
    routes: [{ dst: '0.0.0.0/0' }],
  };
  await configure(node, 'ptp.conflist', {
    cniVersion: '0.4.0',
    name: 'portlock-e2e',
    plugins: [{ type: 'ptp', ipMasq: false, ipam }],
  });
}

/** Makes the kinds that Cilium keeps its state in. */
export async function createCiliumKinds(
  kube: string,
  cilium: string,
  kubeconfig: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  const folders = ['v2', 'v2alpha1'].flatMap((version) => ['-f', join(cilium, 'crds', version)]);
  await run([kube, 'kubectl', '--kubeconfig', kubeconfig, 'apply', '--server-side', ...folders], {
    signal,
  });
}

/** Starts Cilium on a node: it connects the node's pods and enforces NetworkPolicies with eBPF. */
export async function connectCilium(
  node: Node,
  cilium: string,
  credentials: Credentials,
): Promise<Component> {
  const folder = join(node.folder, 'cilium');
  const [state, library] = [join(folder, 'state'), join(folder, 'lib')];
  await mkdir(state, { recursive: true });
  await cp(join(cilium, 'bpf'), join(library, 'bpf'), { recursive: true });
  await cp(join(cilium, 'cilium-cni'), join(networkPlugins(node.folder).programs, 'cilium-cni'));
  await configure(node, 'cilium.conflist', {
    cniVersion: '0.3.1',
    name: 'cilium',
    plugins: [{ type: 'cilium-cni' }],
  });
  const agent = [
    join(cilium, 'cilium-agent'),
    ...[
      '--k8s-kubeconfig-path',
      credentials.kubeconfig('cilium'),
      '--cluster-name',
      'portlock-e2e',
    ],
    ...['--state-dir', state, '--lib-dir', library, '--cni-exclusive=false'],
    ...['--ipam', 'kubernetes', '--identity-allocation-mode', 'crd', '--enable-ipv6=false'],
    ...['--routing-mode', 'native', '--ipv4-native-routing-cidr', addresses.podRange],
    ...['--devices', 'eth0', '--direct-routing-device', 'eth0', '--enable-ipv4-masquerade=false'],
    ...['--enable-policy', 'default', '--enable-l7-proxy=false', '--enable-hubble=false'],
    // kube-proxy does Services.
    ...['--kube-proxy-replacement=false', '--bpf-lb-sock=false', '--enable-session-affinity=false'],
    ...['--enable-local-redirect-policy=false', '--enable-bpf-tproxy=false'],
    ...['--enable-host-legacy-routing=true', '--install-iptables-rules=false'],
    ...['--enable-health-checking=false', '--enable-endpoint-health-checking=false'],
    '--enable-bandwidth-manager=false',
  ];
  return startComponent({
    name: `cilium-agent on ${node.name}`,
    command: [
      ...[...onNode(node.holder.pid), 'unshare', '--mount', '--propagation', 'private'],
      ...['sh', join(sources, 'cilium.sh'), join(folder, 'proc'), ...agent],
    ],
    log: join(node.logs, 'cilium-agent.log'),
    environment: {
      PATH: `${findClang()}:${searchPath()}`,
      K8S_NODE_NAME: node.name,
      CILIUM_K8S_NAMESPACE: 'kube-system',
    },
  });
}

async function configure(node: Node, name: string, configuration: object): Promise<void> {
  const path = join(networkPlugins(node.folder).configuration, name);
  await writeFile(path, JSON.stringify(configuration));
}
