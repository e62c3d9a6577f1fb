import type { ServerResponse } from 'node:http';
import { kindOf } from '../commands/manifests/kinds.ts';
import type { Wire } from '../commands/manifests/manifest.ts';
import { resourcePath } from '../kube/resource.ts';
import { parseApiPath } from './api-path.ts';
import { type KeptObject, KeptObjects } from './kept-objects.ts';
import { kubeconfigFile } from './kubeconfig-file.ts';
import {
  type ReceivedRequest,
  ScriptedApiServer,
  sendJson,
  sendStatus,
} from './scripted-api-server.ts';

export interface ReadableClusterOptions {
  objects: readonly Wire[];
  /** What the user may not list in all namespaces, as `services` or `ingresses.networking.k8s.io`, and those that it may not even in one. */
  forbidden?: { everywhere?: readonly string[]; anywhere?: readonly string[] };
  /** Plural names of kinds that are not served. */
  notServed?: readonly string[];
  /** By plural name, the only version in which kinds are served, where that is not the one that is asked for first. */
  servedAs?: Readonly<Record<string, string>>;
}

/** An API server that lets a user read some of what it has. */
export class ReadableCluster {
  readonly objects = new KeptObjects();
  readonly server: ScriptedApiServer;
  readonly kubeconfig: string;
  readonly #removeFile: () => void;
  readonly #options: ReadableClusterOptions;

  private constructor(server: ScriptedApiServer, options: ReadableClusterOptions) {
    this.server = server;
    this.#options = options;
    const { file, remove } = kubeconfigFile(server);
    this.kubeconfig = file;
    this.#removeFile = remove;
    for (const wire of options.objects)
      this.objects.put(pathOf(wire, options.servedAs), wire as KeptObject);
    for (const each of options.notServed ?? []) this.objects.notServed.add(each);
    server.otherwise((response, request) => this.#answer(response, request));
  }

  static async start(options: ReadableClusterOptions): Promise<ReadableCluster> {
    return new ReadableCluster(await ScriptedApiServer.start(), options);
  }

  async close(): Promise<void> {
    this.#removeFile();
    await this.server.close();
  }

  #answer(response: ServerResponse, request: ReceivedRequest): unknown {
    const { forbidden = {}, notServed = [] } = this.#options;
    const { everywhere = [], anywhere = [] } = forbidden;
    const { path } = request;
    if (/^\/apis\/[^/]+$/.test(path)) return this.#discoverGroup(response);
    if (/^\/(?:api|apis\/[^/]+)\/[^/]+$/.test(path)) return this.#discover(response, path);
    const { group, plural, namespace } = parseApiPath(path);
    const name = group === '' ? plural : `${plural}.${group}`;
    const isForbidden =
      anywhere.includes(name) || (namespace === undefined && everywhere.includes(name));
    if (isForbidden)
      return sendStatus(response, 403, { reason: 'Forbidden', message: `${plural} is forbidden` });
    if (notServed.includes(plural) || !this.#isServedAt(path, plural))
      return sendStatus(response, 404, { reason: 'NotFound', message: 'not served' });
    return this.objects.answer(response, request);
  }

  #isServedAt(path: string, plural: string): boolean {
    const version = this.#options.servedAs?.[plural];
    return version === undefined || path.includes(`/${version}/`);
  }

  /** Of every group the same versions. */
  #discoverGroup(response: ServerResponse): void {
    const versions = Object.values(this.#options.servedAs ?? {}).map((version) => ({ version }));
    sendJson(response, { kind: 'APIGroup', versions });
  }

  /** Everybody may ask what is served. */
  #discover(response: ServerResponse, path: string): void {
    const { forbidden = {}, notServed = [], servedAs = {} } = this.#options;
    const known = [...(forbidden.anywhere ?? []), ...(forbidden.everywhere ?? [])];
    const resources = known
      .map((each) => ({ name: each.replace(/\..*/, '') }))
      .filter(({ name }) => !notServed.includes(name));
    const elsewhere = Object.keys(servedAs).filter((name) => path.endsWith(`/${servedAs[name]}`));
    resources.push(...elsewhere.map((name) => ({ name })));
    sendJson(response, { kind: 'APIResourceList', groupVersion: path, resources });
  }
}

function pathOf(wire: Wire, servedAs: Readonly<Record<string, string>> = {}): string {
  const kind = kindOf(wire);
  if (kind === undefined) throw new Error(`decisions do not read a ${wire.kind}`);
  const { namespace, name } = wire.metadata as { namespace?: string; name: string };
  const version = servedAs[kind.resource.plural] ?? kind.resource.version;
  return resourcePath({ ...kind.resource, version }, { namespace, name });
}
