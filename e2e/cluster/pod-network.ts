import { cp, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { run } from './command.ts';
import { type Component, startComponent } from './component.ts';
import type { Credentials } from './credentials.ts';
import { sources } from './directories.ts';
import { inNetworkOf, type Node, onNode } from './namespaces.ts';
import { networkPlugins } from './node.ts';
import { findClang } from './packages.ts';
import { searchPath } from './search-path.ts';
import { waitUntil } from './wait.ts';

const defaultRoute = { ipv4: '0.0.0.0/0', ipv6: '::/0' };

/** Connects a node's pods by routes alone. NetworkPolicies are accepted and change nothing. */
export async function connectPtp(node: Node): Promise<void> {
  const ipam = {
    type: 'host-local',
    ranges: node.networks.map(({ pods }) => [{ subnet: pods }]),
    routes: node.networks.map(({ ranges }) => ({ dst: defaultRoute[ranges.family] })),
  };
  await configure(node, 'ptp', '0.4.0', { type: 'ptp', ipMasq: false, ipam });
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
    environment: { NO_PROXY: '*' },
    signal,
  });
}

/**
 * Starts Cilium on a node, which connects the node's pods and enforces NetworkPolicies with eBPF,
 * and returns when it does. Its configuration comes last: that makes the node Ready.
 */
export async function connectCilium(
  node: Node,
  cilium: string,
  credentials: Credentials,
  signal: AbortSignal | undefined,
): Promise<Component> {
  await markAsFromHost(node, signal);
  const agent = await startAgent(node, cilium, credentials);
  const status = [...onNode(node.holder.pid), join(cilium, 'cilium-dbg'), 'status', '--brief'];
  await waitUntil(
    async () => {
      agent.check();
      return run(status, { signal }).then(
        () => true,
        () => false,
      );
    },
    {
      what: `Cilium on ${node.name}`,
      timeoutMilliseconds: 180_000,
      intervalMilliseconds: 300, // a question takes a process
      signal,
    },
  );
  await configure(node, 'cilium', '0.3.1', { type: 'cilium-cni' });
  return agent;
}

/**
 * By this mark Cilium knows what the node itself sends, as the kubelet's probes, which no policy keeps out. Its own rule
 * ("cilium: host->any mark as from host") is one of those of iptables that the agent is told not to install.
 */
async function markAsFromHost(node: Node, signal: AbortSignal | undefined): Promise<void> {
  const input = `table inet portlock-cilium {
  chain output {
    type filter hook output priority filter; policy accept;
    meta mark & 0xf00 == 0 meta mark set meta mark | 0xc00
  }
}
`;
  await run([...inNetworkOf(node.holder.pid), 'nft', '-f', '-'], { input, signal });
}

async function startAgent(
  node: Node,
  cilium: string,
  credentials: Credentials,
): Promise<Component> {
  const folder = join(node.folder, 'cilium');
  const places = { state: join(folder, 'state'), library: join(folder, 'lib') };
  await mkdir(places.state, { recursive: true });
  await cp(join(cilium, 'bpf'), join(places.library, 'bpf'), { recursive: true });
  await cp(join(cilium, 'cilium-cni'), join(networkPlugins(node.folder).programs, 'cilium-cni'));
  return startComponent({
    name: `cilium-agent on ${node.name}`,
    command: [
      ...onNode(node.holder.pid),
      'unshare',
      '--mount',
      '--propagation',
      'private',
      'sh',
      join(sources, 'cilium.sh'),
      join(folder, 'proc'),
      join(cilium, 'cilium-agent'),
      ...agentFlags(node, credentials, places),
    ],
    log: join(node.logs, 'cilium-agent.log'),
    environment: {
      PATH: `${findClang()}:${searchPath()}`,
      K8S_NODE_NAME: node.name,
      CILIUM_K8S_NAMESPACE: 'kube-system',
    },
  });
}

function agentFlags(
  node: Node,
  credentials: Credentials,
  places: { state: string; library: string },
): string[] {
  return [
    '--k8s-kubeconfig-path',
    credentials.kubeconfig('cilium'),
    '--cluster-name',
    'portlock-e2e',
    '--state-dir',
    places.state,
    '--lib-dir',
    places.library,
    '--cni-exclusive=false',
    '--ipam',
    'kubernetes',
    '--identity-allocation-mode',
    'crd',
    ...node.networks.flatMap(({ ranges: { family, pods } }) => [
      `--enable-${family}`,
      `--${family}-native-routing-cidr=${pods}`,
      `--enable-${family}-masquerade=false`,
    ]),
    ...(node.networks.length === 1 ? ['--enable-ipv6=false'] : []),
    '--routing-mode',
    'native',
    '--devices',
    'eth0',
    '--direct-routing-device',
    'eth0',
    '--enable-policy',
    'default',
    '--enable-l7-proxy=false',
    '--enable-hubble=false',
    // kube-proxy does Services.
    '--kube-proxy-replacement=false',
    '--bpf-lb-sock=false',
    '--enable-session-affinity=false',
    '--enable-local-redirect-policy=false',
    '--enable-bpf-tproxy=false',
    '--enable-host-legacy-routing=true',
    '--install-iptables-rules=false',
    '--enable-health-checking=false',
    '--enable-endpoint-health-checking=false',
    '--enable-bandwidth-manager=false',
  ];
}

async function configure(
  node: Node,
  name: string,
  cniVersion: string,
  plugin: object,
): Promise<void> {
  const path = join(networkPlugins(node.folder).configuration, `${name}.conflist`);
  await writeFile(path, JSON.stringify({ cniVersion, name, plugins: [plugin] }));
}
