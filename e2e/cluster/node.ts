import { cp, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { images } from './base-images.ts';
import { run } from './command.ts';
import { type Component, startComponent } from './component.ts';
import { makePodsGroup, ownGroup } from './control-group.ts';
import type { Credentials } from './credentials.ts';
import { type Node, onNode } from './namespaces.ts';
import { inEachFamily } from './topology.ts';
import { waitUntil } from './wait.ts';

const debianPlugins = '/usr/lib/cni';

/** What every node is made of, whatever its network. */
export interface NodeParts {
  readonly kube: string;
  readonly credentials: Credentials;
  /** Archives of the images that its containers may run. */
  readonly archives: readonly string[];
  readonly signal: AbortSignal | undefined;
}

/** Where ctr reaches a node's containerd. */
export function containerdSocket(nodeFolder: string): string {
  return join(nodeFolder, 'containerd.sock');
}

/** The folders of a node's network plugins and their configuration. */
export function networkPlugins(nodeFolder: string): { programs: string; configuration: string } {
  return { programs: join(nodeFolder, 'cni/bin'), configuration: join(nodeFolder, 'cni/conf') };
}

/** Starts a node's container runtime and gives it the images. */
export async function startContainerd(node: Node, { archives, signal }: NodeParts): Promise<void> {
  const { programs, configuration } = networkPlugins(node.folder);
  await mkdir(configuration, { recursive: true });
  await cp(debianPlugins, programs, { recursive: true });
  const config = join(node.folder, 'containerd.toml');
  await writeFile(config, containerdConfiguration(node.folder));
  const socket = containerdSocket(node.folder);
  const containerd = await startComponent({
    name: 'containerd',
    command: [...onNode(node.holder.pid), 'containerd', '--config', config],
    log: join(node.logs, 'containerd.log'),
  });
  await waitUntil(
    async () => {
      containerd.check();
      return run(['ctr', '--address', socket, 'version'], { signal }).then(
        () => true,
        () => false,
      );
    },
    { what: `containerd on ${node.name}`, timeoutMilliseconds: 180_000, signal },
  );
  await Promise.all(archives.map((archive) => importArchive(socket, archive, signal)));
}

/** Gives a container runtime the images of a docker-archive. */
export async function importArchive(
  socket: string,
  archive: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  const images = ['--namespace', 'k8s.io', 'images', 'import', archive];
  await run(['ctr', '--address', socket, ...images], { signal });
}

function containerdConfiguration(folder: string): string {
  const { programs, configuration } = networkPlugins(folder);
  // restrict_oom_score_adj: without CAP_SYS_RESOURCE, runc could not lower a container's score.
  return `version = 2
root = "${join(folder, 'containerd')}"
state = "/run/containerd"
[grpc]
  address = "${containerdSocket(folder)}"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "${images.pause}"
  restrict_oom_score_adj = true
  netns_mounts_under_state_dir = true
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "${programs}"
    conf_dir = "${configuration}"
`;
}

/** Starts a node's kubelet and kube-proxy. The kubelet comes last: it is what makes pods. */
export async function startKubelet(
  node: Node,
  { kube, credentials }: NodeParts,
): Promise<Component[]> {
  await makePodsGroup(node.name);
  const config = join(node.folder, 'kubelet.json');
  const kubelet = kubeletConfiguration(node, credentials);
  await writeFile(config, JSON.stringify(kubelet, null, 2));
  const root = join(node.folder, 'kubelet');
  const podRanges = inEachFamily(node, ({ ranges }) => ranges.pods);
  const nodeAddresses = inEachFamily(node, ({ address }) => address);
  const start = (name: string, flags: readonly string[]) =>
    startComponent({
      name: `${name} on ${node.name}`,
      command: [...onNode(node.holder.pid), kube, name, ...flags],
      log: join(node.logs, `${name}.log`),
    });
  return Promise.all([
    start('kube-proxy', [
      '--kubeconfig',
      credentials.kubeconfig('proxy'),
      '--hostname-override',
      node.name,
      '--proxy-mode',
      'nftables',
      '--cluster-cidr',
      podRanges,
      '--conntrack-max-per-core',
      '0', // a setting of the machine, not of the namespace
    ]),
    start('kubelet', [
      '--config',
      config,
      '--kubeconfig',
      credentials.kubeconfig(node.name),
      '--hostname-override',
      node.name,
      '--node-ip',
      nodeAddresses,
      '--root-dir',
      root,
      '--cert-dir',
      join(root, 'pki'),
    ]),
  ]);
}

function kubeletConfiguration(node: Node, credentials: Credentials): object {
  return {
    apiVersion: 'kubelet.config.k8s.io/v1beta1',
    kind: 'KubeletConfiguration',
    authentication: {
      anonymous: { enabled: false },
      webhook: { enabled: true },
      x509: { clientCAFile: credentials.authorityCertificate },
    },
    authorization: { mode: 'Webhook' },
    cgroupDriver: 'cgroupfs',
    // A root of its own, or two kubelets would remove each other's pods.
    cgroupRoot: `/${ownGroup}/${node.name}`,
    failCgroupV1: false,
    failSwapOn: false,
    containerRuntimeEndpoint: `unix://${containerdSocket(node.folder)}`,
    resolvConf: '/dev/null', // there is no DNS in this cluster
    volumePluginDir: join(node.folder, 'volume-plugins'),
    makeIPTablesUtilChains: false,
    evictionHard: {
      'nodefs.available': '1%',
      'imagefs.available': '1%',
      'memory.available': '100Mi',
    },
    imageGCHighThresholdPercent: 100, // an image that is gone can't be pulled again
  };
}
