import { randomBytes, randomUUID } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { run } from './command.ts';
import { apiServer, apiServerAddress, type NodeAddresses } from './topology.ts';

/** The files that prove who is who in the cluster, and a token for each user. */
export interface Credentials {
  readonly authority: string;
  readonly authorityCertificate: string;
  readonly apiServerCertificate: string;
  readonly apiServerKey: string;
  readonly serviceAccountKey: string;
  readonly serviceAccountPublicKey: string;
  /** Of kube-apiserver's `--token-auth-file`. */
  readonly tokensFile: string;
  readonly adminToken: string;
  /** The path of a user's kubeconfig. */
  kubeconfig(user: string): string;
}

/** The users besides the nodes'. Cilium has its own, to be told from the tests in the audit log. */
export const users = {
  admin: { user: 'admin', group: 'system:masters' },
  manager: { user: 'system:kube-controller-manager', group: '' },
  scheduler: { user: 'system:kube-scheduler', group: '' },
  proxy: { user: 'system:kube-proxy', group: '' },
  cilium: { user: 'cilium', group: 'system:masters' },
} as const;

/** What the API server calls itself where it is a client, of the kubelets. */
export const apiServerUser = 'kube-apiserver';

/** Makes an authority, its certificates, tokens and kubeconfigs in the folder. */
export async function makeCredentials(
  folder: string,
  nodes: readonly NodeAddresses[],
  signal: AbortSignal | undefined,
): Promise<Credentials> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const path = (name: string) => join(folder, name);
  await makeCertificates(folder, nodes, signal);
  const everyone = [
    ...Object.entries(users).map(([name, who]) => ({ name, ...who })),
    ...nodes.map(({ name }) => ({ name, user: `system:node:${name}`, group: 'system:nodes' })),
  ].map((who) => ({ ...who, token: randomBytes(16).toString('hex') }));
  const lines = everyone.map(
    ({ user, group, token }) => `${token},${user},${randomUUID()},"${group}"\n`,
  );
  await writeFile(path('tokens.csv'), lines.join(''), { mode: 0o600 });
  const authority = await readFile(path('ca.crt'), 'utf8');
  for (const { name, token } of everyone) {
    const text = JSON.stringify(kubeconfig(authority, token), null, 2);
    await writeFile(path(`${name}.kubeconfig`), text, { mode: 0o600 });
  }
  return {
    authority,
    authorityCertificate: path('ca.crt'),
    apiServerCertificate: path('api.crt'),
    apiServerKey: path('api.key'),
    serviceAccountKey: path('service-account.key'),
    serviceAccountPublicKey: path('service-account.pub'),
    tokensFile: path('tokens.csv'),
    adminToken: everyone.find(({ name }) => name === 'admin')?.token ?? '',
    kubeconfig: (user) => path(`${user}.kubeconfig`),
  };
}

/** The authority's, the API server's and the service accounts' keys, and what they prove. */
async function makeCertificates(
  folder: string,
  nodes: readonly NodeAddresses[],
  signal: AbortSignal | undefined,
): Promise<void> {
  const openssl = (...args: string[]) => run(['openssl', ...args], { directory: folder, signal });
  const newKey = ['-newkey', 'rsa:2048', '-noenc', '-days', '30'];
  await openssl(
    'req',
    '-x509',
    ...newKey,
    '-keyout',
    'ca.key',
    '-out',
    'ca.crt',
    '-subj',
    '/CN=portlock-e2e',
  );
  const names = [`IP:${apiServer.service}`, 'IP:127.0.0.1', 'DNS:localhost']
    .concat(nodes.flatMap(({ networks }) => networks.map(({ address }) => `IP:${address}`)))
    .concat('DNS:kubernetes', 'DNS:kubernetes.default', 'DNS:kubernetes.default.svc');
  await openssl(
    ...['req', '-x509', '-CA', 'ca.crt', '-CAkey', 'ca.key', ...newKey],
    ...['-keyout', 'api.key', '-out', 'api.crt', '-subj', `/CN=${apiServerUser}`],
    ...['-addext', `subjectAltName=${names}`, '-addext', 'basicConstraints=critical,CA:FALSE'],
  );
  await openssl('genrsa', '-out', 'service-account.key', '2048');
  await openssl('rsa', '-in', 'service-account.key', '-pubout', '-out', 'service-account.pub');
}

/** A kubeconfig that needs no other file. JSON is YAML. */
function kubeconfig(authority: string, token: string): object {
  const name = 'portlock-e2e';
  const cluster = {
    server: apiServerAddress,
    'certificate-authority-data': Buffer.from(authority).toString('base64'),
  };
  return {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name, cluster }],
    users: [{ name, user: { token } }],
    contexts: [{ name, context: { cluster: name, user: name } }],
    'current-context': name,
  };
}
