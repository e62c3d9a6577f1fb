import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { type ApiServer, apiServerRequest, createObject } from './api-server-request.ts';
import { startComponent } from './component.ts';
import { apiServerUser, type Credentials } from './credentials.ts';
import { inNetworkOf, type Node } from './namespaces.ts';
import { apiServer, type NodeAddresses, type Ranges } from './topology.ts';
import { waitUntil } from './wait.ts';

/** The file that gets a JSON line for every request to the API server. */
export function auditLog(state: string): string {
  return join(state, 'audit.log');
}

// Who asked for what, without what was sent; one line a request, written when it is answered.
const auditPolicy = {
  apiVersion: 'audit.k8s.io/v1',
  kind: 'Policy',
  omitStages: ['RequestReceived'],
  rules: [{ level: 'Metadata' }],
};

export interface ControlPlane {
  readonly state: string;
  readonly kube: string;
  readonly node: Node;
  readonly nodes: readonly NodeAddresses[];
  readonly ranges: readonly Ranges[];
  readonly credentials: Credentials;
  readonly signal: AbortSignal | undefined;
}

const etcdClients = 'http://127.0.0.1:2379';

/** Starts etcd and the API server, and returns when requests are served. */
export async function startApiServer(plane: ControlPlane): Promise<ApiServer> {
  const { state, credentials, signal } = plane;
  const etcd = await start(plane, 'etcd', etcdFlags(plane));
  await writeFile(auditPolicyFile(state), JSON.stringify(auditPolicy));
  const component = await start(plane, 'kube-apiserver', apiServerFlags(plane));
  const server = { authority: credentials.authority, token: credentials.adminToken, signal };
  await waitUntil(
    async () => {
      etcd.check();
      component.check();
      const answer = await apiServerRequest(server, 'GET', '/readyz').catch(() => undefined);
      return answer?.status === 200;
    },
    { what: 'the API server', timeoutMilliseconds: 180_000, signal },
  );
  return server;
}

function auditPolicyFile(state: string): string {
  return join(state, 'audit-policy.json');
}

function etcdFlags({ state }: ControlPlane): string[] {
  return [
    '--data-dir',
    join(state, 'etcd'),
    '--unsafe-no-fsync',
    '--log-level',
    'warn',
    '--listen-client-urls',
    etcdClients,
    '--advertise-client-urls',
    etcdClients,
    '--listen-peer-urls',
    'http://127.0.0.1:2380',
  ];
}

function apiServerFlags({ state, credentials, node, ranges }: ControlPlane): string[] {
  return [
    '--etcd-servers',
    etcdClients,
    '--allow-privileged',
    '--secure-port',
    `${apiServer.port}`,
    '--advertise-address',
    node.networks[0].address,
    '--tls-cert-file',
    credentials.apiServerCertificate,
    '--tls-private-key-file',
    credentials.apiServerKey,
    '--token-auth-file',
    credentials.tokensFile,
    '--authorization-mode',
    'Node,RBAC',
    '--enable-admission-plugins',
    'NodeRestriction,OwnerReferencesPermissionEnforcement',
    '--service-account-issuer',
    'https://kubernetes.default.svc',
    '--service-account-key-file',
    credentials.serviceAccountPublicKey,
    '--service-account-signing-key-file',
    credentials.serviceAccountKey,
    '--service-cluster-ip-range',
    `${ranges.map(({ services }) => services)}`,
    '--kubelet-preferred-address-types',
    'InternalIP',
    '--kubelet-client-certificate',
    credentials.apiServerCertificate,
    '--kubelet-client-key',
    credentials.apiServerKey,
    '--audit-policy-file',
    auditPolicyFile(state),
    '--audit-log-path',
    auditLog(state),
    '--audit-log-maxsize',
    '200',
    '--audit-log-maxbackup',
    '1',
  ];
}

/** Starts what acts on the API server's objects, and makes the objects that the nodes start from. */
export async function startControllers(plane: ControlPlane, server: ApiServer): Promise<void> {
  const { credentials } = plane;
  // The API server asks the kubelets for logs and exec under a name that has no rights yet.
  await createObject(server, '/apis/rbac.authorization.k8s.io/v1/clusterrolebindings', {
    metadata: { name: 'kube-apiserver-kubelet-api' },
    roleRef: {
      apiGroup: 'rbac.authorization.k8s.io',
      kind: 'ClusterRole',
      name: 'system:kubelet-api-admin',
    },
    subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: apiServerUser }],
  });
  // Before the kubelets can make them: the pod ranges are the ones that routes are laid for.
  for (const { name, networks } of plane.nodes) {
    const podCIDRs = networks.map(({ pods }) => pods);
    await createObject(server, '/api/v1/nodes', {
      metadata: { name },
      spec: { podCIDR: podCIDRs[0], podCIDRs },
    });
  }
  await start(plane, 'kube-controller-manager', [
    '--kubeconfig',
    credentials.kubeconfig('manager'),
    '--leader-elect=false',
    '--service-account-private-key-file',
    credentials.serviceAccountKey,
    '--root-ca-file',
    credentials.authorityCertificate,
    '--use-service-account-credentials',
    '--cluster-cidr',
    `${plane.ranges.map(({ pods }) => pods)}`,
    '--allocate-node-cidrs=false',
  ]);
  await start(plane, 'kube-scheduler', [
    '--kubeconfig',
    credentials.kubeconfig('scheduler'),
    '--leader-elect=false',
  ]);
}

function start({ kube, node, state }: ControlPlane, name: string, flags: readonly string[]) {
  return startComponent({
    name,
    command: [...inNetworkOf(node.holder.pid), kube, name, ...flags],
    log: join(state, 'log', `${name}.log`),
  });
}
