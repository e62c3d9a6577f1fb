import { accessSync, constants, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { createSecureContext } from 'node:tls';
import {
  bufferFromFileOrString,
  type Cluster,
  KubeConfig,
  type User,
} from '@kubernetes/client-node';
import { LineCounter, parseDocument } from 'yaml';
import { oneLine } from './errors.ts';

const SERVICE_ACCOUNT_TOKEN = '/var/run/secrets/kubernetes.io/serviceaccount/token';

/** There is no usable way to a cluster. The message is one line: what is wrong, and how to mend it. */
export class KubeConfigError extends Error {
  override readonly name = 'KubeConfigError';
}

export interface KubeConfigOptions {
  /** A file to use instead of what the environment names. */
  kubeconfig?: string | undefined;
  /** A context to use instead of the file's current-context. */
  context?: string | undefined;
  /** The user to impersonate, as kubectl's --as. */
  as?: string | undefined;
}

/**
 * Finds the cluster as kubectl does: the given file, else every file in KUBECONFIG (the first to
 * name something wins, missing ones are passed over), else ~/.kube/config, else the service account
 * of the pod we run in. Files that the chosen context needs are checked too.
 * @throws KubeConfigError
 */
export function loadKubeConfig(options: KubeConfigOptions = {}): KubeConfig {
  const files = kubeConfigFiles(options.kubeconfig);
  if (files.length === 0) return acting(inCluster(options.context), options.as);
  const origin = files.join(', ');
  const config = merge(files.map(readKubeConfig));
  if (options.context !== undefined) config.setCurrentContext(options.context);
  const { cluster, user } = currentTarget(config, origin);
  checkServer(cluster, origin);
  checkFiles(cluster, user, origin);
  return acting(config, options.as);
}

/** The same, as somebody else: the API server lets those do it who may impersonate. */
function acting(config: KubeConfig, as: string | undefined): KubeConfig {
  if (as === undefined) return config;
  const acting = new KubeConfig();
  acting.loadFromOptions({
    clusters: config.getClusters(),
    users: config.getUsers().map((user) => ({ ...user, impersonateUser: as })),
    contexts: config.getContexts(),
    currentContext: config.getCurrentContext(),
  });
  return acting;
}

function kubeConfigFiles(explicit: string | undefined): string[] {
  if (explicit !== undefined) return [explicit];
  const listed = (process.env.KUBECONFIG ?? '').split(path.delimiter).filter((file) => file !== '');
  const present = listed.filter(isReadable);
  if (present.length > 0) return present;
  if (listed.length > 0) {
    throw new KubeConfigError(
      `KUBECONFIG names ${listed.join(', ')}, which cannot be read: correct it, or unset it`,
    );
  }
  const usual = path.join(homedir(), '.kube', 'config');
  return isReadable(usual) ? [usual] : [];
}

function inCluster(context: string | undefined): KubeConfig {
  if (!process.env.KUBERNETES_SERVICE_HOST || !isReadable(SERVICE_ACCOUNT_TOKEN)) {
    throw new KubeConfigError(
      'no cluster to talk to: pass --kubeconfig FILE, set KUBECONFIG, or run in a pod with a service account token',
    );
  }
  if (context !== undefined) {
    throw new KubeConfigError(
      `there is no context "${context}" in a pod: drop --context, or pass --kubeconfig FILE`,
    );
  }
  const config = new KubeConfig();
  config.loadFromCluster();
  return config;
}

function readKubeConfig(file: string): KubeConfig {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new KubeConfigError(
      `cannot read kubeconfig ${file} (${codeOf(error)}): check the path and its mode`,
    );
  }
  // Only the place and the kind of a mistake are told: the text around it may be a token.
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter, prettyErrors: false });
  const [mistake] = document.errors;
  if (mistake !== undefined) {
    const { line, col } = lineCounter.linePos(mistake.pos[0]);
    throw new KubeConfigError(
      `kubeconfig ${file} is not YAML: ${mistake.code} at line ${line}, column ${col}`,
    );
  }
  const content: unknown = document.toJS();
  if (typeof content !== 'object' || content === null || Array.isArray(content)) {
    throw new KubeConfigError(`${file} is no kubeconfig: it has no clusters, users and contexts`);
  }
  const config = new KubeConfig();
  try {
    config.loadFromString(JSON.stringify(withTokenFiles(content, path.dirname(file))));
  } catch (error) {
    throw new KubeConfigError(`${file} is no kubeconfig: ${oneLine((error as Error).message)}`);
  }
  config.makePathsAbsolute(path.dirname(file));
  return config;
}

/**
 * client-node does not know a user's `tokenFile`, but it reads the file that an authentication
 * provider of its own names. A token file goes before a token, as in client-go.
 */
function withTokenFiles(content: object, directory: string): object {
  const { users } = content as { users?: unknown };
  if (!Array.isArray(users)) return content;
  return {
    ...content,
    users: users.map((entry: { user?: Record<string, unknown> } | null) => {
      const file = entry?.user?.tokenFile;
      if (typeof file !== 'string' || file === '') return entry;
      const { token: _, tokenFile: __, ...rest } = entry?.user ?? {};
      const provider = { name: 'tokenFile', config: { tokenFile: path.resolve(directory, file) } };
      return { ...entry, user: { ...rest, 'auth-provider': provider } };
    }),
  };
}

function merge(configs: readonly KubeConfig[]): KubeConfig {
  const merged = new KubeConfig();
  merged.loadFromOptions({
    clusters: firstOfEachName(configs.flatMap((config) => config.getClusters())),
    users: firstOfEachName(configs.flatMap((config) => config.getUsers())),
    contexts: firstOfEachName(configs.flatMap((config) => config.getContexts())),
    currentContext: configs.map((config) => config.getCurrentContext()).find(Boolean),
  });
  return merged;
}

function firstOfEachName<T extends { name: string }>(entries: readonly T[]): T[] {
  const byName = new Map<string, T>();
  for (const entry of entries) if (!byName.has(entry.name)) byName.set(entry.name, entry);
  return [...byName.values()];
}

function currentTarget(config: KubeConfig, origin: string): { cluster: Cluster; user: User } {
  const known = config.getContexts().map((context) => context.name);
  const names = known.length === 0 ? 'none' : known.slice(0, 10).join(', ');
  const current = config.getCurrentContext();
  if (!current) {
    throw new KubeConfigError(
      `${origin} has no current-context: pass --context NAME (there are: ${names})`,
    );
  }
  const context = config.getContextObject(current);
  if (context === null) {
    throw new KubeConfigError(
      `${origin} has no context "${current}": pass --context NAME (there are: ${names})`,
    );
  }
  const cluster = config.getCluster(context.cluster);
  if (cluster === null) {
    throw new KubeConfigError(
      `context "${current}" names cluster "${context.cluster}", which is not in ${origin}`,
    );
  }
  const user = config.getUser(context.user);
  if (user === null) {
    throw new KubeConfigError(
      `context "${current}" names user "${context.user}", which is not in ${origin}`,
    );
  }
  return { cluster, user };
}

function checkServer(cluster: Cluster, origin: string): void {
  const protocol = URL.parse(cluster.server)?.protocol;
  if (protocol !== 'https:' && protocol !== 'http:') {
    throw new KubeConfigError(
      `server of cluster "${cluster.name}" in ${origin} is not an http(s) URL`,
    );
  }
  if (protocol === 'http:' && !cluster.skipTLSVerify) {
    throw new KubeConfigError(
      `server of cluster "${cluster.name}" in ${origin} is plain http: use https, or set insecure-skip-tls-verify: true`,
    );
  }
  if (cluster.proxyUrl && !/^https?:$/.test(URL.parse(cluster.proxyUrl)?.protocol ?? '')) {
    throw new KubeConfigError(
      `proxy-url of cluster "${cluster.name}" in ${origin} is not an http(s) URL`,
    );
  }
}

function checkFiles(cluster: Cluster, user: User, origin: string): void {
  const tokenFile: string | undefined = user.authProvider?.config?.tokenFile;
  for (const file of [cluster.caFile, user.certFile, user.keyFile, tokenFile]) {
    if (file && !isReadable(file)) {
      throw new KubeConfigError(
        `${origin} names ${file}, which cannot be read: check the path and its mode`,
      );
    }
  }
  const ca = bufferFromFileOrString(cluster.caFile, cluster.caData);
  const cert = bufferFromFileOrString(user.certFile, user.certData);
  const key = bufferFromFileOrString(user.keyFile, user.keyData);
  try {
    createSecureContext({ ...(ca && { ca }), ...(cert && { cert }), ...(key && { key }) });
  } catch (error) {
    throw new KubeConfigError(
      `certificates of cluster "${cluster.name}" or user "${user.name}" in ${origin} cannot be used: ${codeOf(error)}`,
    );
  }
}

function isReadable(file: string): boolean {
  try {
    accessSync(file, constants.R_OK);
    return true;
  } catch {
    return false;
  }
}

function codeOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return code ?? oneLine(message);
}
