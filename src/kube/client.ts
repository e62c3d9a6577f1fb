import type { ObjectMeta } from '../api/object-meta.ts';
import { Deadline, DeadlineExceeded } from './deadline.ts';
import type { Pool } from './dispatchers.ts';
import { ApiError, ApiUnreachableError } from './errors.ts';
import { ExecConnectionError, type ExecResult, runByWebSocket } from './exec.ts';
import { listCall, readPage } from './list-pages.ts';
import { FIRST_LIMIT, nextLimit } from './page-limit.ts';
import type { Recovery } from './recovery.ts';
import { type KubernetesObject, type Location, type Resource, resourcePath } from './resource.ts';
import { PODS } from './resources.ts';
import { Transport, type TransportOptions, type TransportRequest } from './transport.ts';
import { readWatch, type WatchEvent } from './watch-events.ts';
import { splitLines, TruncatedLineError } from './watch-lines.ts';

/** How many objects a page of a list holds where it is read as a whole. */
const PAGE_SIZE = 500;

/** How long a command in a container may take; what portlock runs there takes a moment. */
const EXEC_TIMEOUT_MILLISECONDS = 15_000;

/** "Upgrade request required": the code with which an allowed exec is answered that is no WebSocket. */
const UPGRADE_REQUIRED = 400;

export interface CallOptions {
  signal?: AbortSignal | undefined;
  /** The connections to use; `request` where not given. */
  pool?: Pool | undefined;
}

export interface WriteOptions extends CallOptions {
  subresource?: 'status' | undefined;
  /** Who owns the written fields; the user agent's name where not given. */
  fieldManager?: string | undefined;
}

export interface ApplyOptions extends WriteOptions {
  /** Who owns the applied fields. */
  fieldManager: string;
  /** What becomes of fields that another manager owns: taken over, or a 409 (the default). */
  conflicts?: 'force' | 'refuse' | undefined;
}

export interface DeleteOptions extends CallOptions {
  /** The object is only deleted if it still is the one that was looked at; 409 otherwise. */
  preconditions?: { uid?: string; resourceVersion?: string } | undefined;
}

/** Which objects of a resource. */
export interface Selection {
  /** All namespaces where not given. */
  namespace?: string | undefined;
  labelSelector?: string | undefined;
  fieldSelector?: string | undefined;
}

export interface ListOptions extends Selection, CallOptions {
  /** Objects a page; 0 for all in one page. 500 where not given. */
  limit?: number | undefined;
}

export interface ListPage {
  /** The same for all pages: the state of the cluster that the list shows. */
  resourceVersion: string;
  items: KubernetesObject[];
}

export interface WatchOptions extends Selection {
  /** Events after this one are sent. */
  resourceVersion: string;
  /** Seconds after which the server ends the watch. */
  timeoutSeconds: number;
  /** Called when the server has accepted the watch. */
  onOpen?: (() => void) | undefined;
  signal?: AbortSignal | undefined;
}

/**
 * The Kubernetes API in wire form: what goes in is sent as JSON, and what comes out is what the
 * server sent. Objects never pass through client-node's typed serialisers, which drop `from` of a
 * NetworkPolicy and so turn "from these" into "from everywhere".
 *
 * Every method throws ApiError or ApiUnreachableError, writes throw NotLeaderError where the write
 * guard refuses, and all throw the signal's reason when aborted.
 */
export class KubeClient {
  readonly #transport: Transport;

  constructor(options: TransportOptions) {
    this.#transport = new Transport(options);
  }

  /** Tells when the API server serves again. */
  get recovery(): Recovery {
    return this.#transport.recovery;
  }

  /** One call, for what the other methods do not cover; returns the parsed answer. */
  request(request: TransportRequest): Promise<unknown> {
    return this.#transport.request(request);
  }

  async get<T = KubernetesObject>(
    resource: Resource,
    location: Location & { name: string },
    options: CallOptions = {},
  ): Promise<T> {
    const path = resourcePath(resource, location);
    return (await this.request({ method: 'GET', path, ...options })) as T;
  }

  /**
   * Reads a whole collection in pages. The first page is read from etcd (no resourceVersion), because
   * the API server's cache may lag behind what we have seen before. Items get the apiVersion and kind
   * that the server leaves out in lists.
   * @throws ApiError 410 when the list took so long that its snapshot is gone
   */
  async *list(resource: Resource, options: ListOptions = {}): AsyncGenerator<ListPage, void, void> {
    const { limit = PAGE_SIZE } = options;
    let token: string | undefined;
    do {
      const items: KubernetesObject[] = [];
      const call = listCall(resource, options, { limit, continue: token });
      const page = await readPage(this.#transport, call, (object) => items.push(object));
      yield { resourceVersion: page.resourceVersion, items };
      token = page.continue;
    } while (token !== undefined);
  }

  /**
   * Reads a whole collection as `list` does, but holds one object at a time, which `onObject` is called with. Where no limit
   * is given, pages begin small and grow as their bytes allow.
   * @returns the resourceVersion of all pages
   */
  async forEach(
    resource: Resource,
    options: ListOptions,
    onObject: (object: KubernetesObject) => void,
  ): Promise<string> {
    let limit = options.limit ?? FIRST_LIMIT;
    let token: string | undefined;
    for (;;) {
      const call = listCall(resource, options, { limit, continue: token });
      const page = await readPage(this.#transport, call, onObject);
      token = page.continue;
      if (token === undefined) return page.resourceVersion;
      if (options.limit === undefined) limit = nextLimit(limit, page);
    }
  }

  async create<T extends KubernetesObject>(
    resource: Resource,
    object: T,
    options: WriteOptions = {},
  ): Promise<T> {
    const { subresource, fieldManager, ...call } = options;
    const { namespace } = object.metadata;
    const path = resourcePath(resource, { namespace, subresource });
    const query = { fieldManager };
    return (await this.request({
      method: 'POST',
      resource,
      path,
      query,
      body: object,
      ...call,
    })) as T;
  }

  /** Server-side apply. The object must hold its apiVersion and kind. */
  async apply<T extends KubernetesObject>(
    resource: Resource,
    object: T,
    options: ApplyOptions,
  ): Promise<T> {
    const { fieldManager, conflicts, subresource, ...call } = options;
    const force = conflicts === 'force' ? true : undefined;
    return (await this.request({
      method: 'PATCH',
      resource,
      path: resourcePath(resource, { ...locationOf(object.metadata), subresource }),
      query: { fieldManager, force },
      body: object,
      contentType: 'application/apply-patch+yaml',
      ...call,
    })) as T;
  }

  /** Replaces an object; with metadata.resourceVersion only if it has not changed since (else 409). */
  async replace<T extends KubernetesObject>(
    resource: Resource,
    object: T,
    options: WriteOptions = {},
  ): Promise<T> {
    const { subresource, fieldManager, ...call } = options;
    const path = resourcePath(resource, { ...locationOf(object.metadata), subresource });
    const query = { fieldManager };
    return (await this.request({
      method: 'PUT',
      resource,
      path,
      query,
      body: object,
      ...call,
    })) as T;
  }

  /** Deletes an object; its dependents go in the background. */
  async delete(
    resource: Resource,
    location: Location & { name: string },
    options: DeleteOptions = {},
  ): Promise<void> {
    const { preconditions, ...call } = options;
    const path = resourcePath(resource, location);
    const body = {
      apiVersion: 'v1',
      kind: 'DeleteOptions',
      propagationPolicy: 'Background',
      ...(preconditions && { preconditions }),
    };
    await this.request({ method: 'DELETE', resource, path, body, ...call });
  }

  /**
   * Watches a collection, bookmarks included, until the server ends the watch, which is no error. An
   * ERROR event is thrown as the ApiError that it stands for.
   * @throws MalformedLineError, TruncatedLineError too
   */
  watch(resource: Resource, options: WatchOptions): AsyncGenerator<WatchEvent, void, void> {
    const { signal, namespace, onOpen, ...query } = options;
    const request: TransportRequest = {
      method: 'GET',
      path: resourcePath(resource, { namespace }),
      query: { ...query, watch: true, allowWatchBookmarks: true },
      signal,
      pool: 'watch',
    };
    return readWatch(this.#transport.stream(request, onOpen), request);
  }

  /**
   * Runs a command in a container of a pod, as `kubectl exec` without a terminal does. Where no
   * connection comes about, the same is asked for without one. That runs nothing, and the API server
   * says what is wrong, as that the user may not.
   */
  async exec(
    pod: { namespace: string; name: string },
    command: { container: string; words: readonly string[] },
    options: CallOptions = {},
  ): Promise<ExecResult> {
    const request: TransportRequest = {
      method: 'GET',
      path: resourcePath(PODS, { ...pod, subresource: 'exec' }),
      query: { container: command.container, command: command.words, stdout: true, stderr: true },
      signal: options.signal,
    };
    const deadline = new Deadline(EXEC_TIMEOUT_MILLISECONDS, options.signal);
    try {
      return await runByWebSocket(await this.#transport.webSocket(request), deadline.signal);
    } catch (error) {
      if (error instanceof DeadlineExceeded)
        throw new ApiUnreachableError(request, 'ApiServerTimeout', error.message, error);
      if (!(error instanceof ExecConnectionError)) throw error;
      if (!error.wasOpen) await this.#explainRefusal(request);
      throw new ApiUnreachableError(request, 'ApiServerUnreachable', error.message, error);
    } finally {
      deadline.end();
    }
  }

  /** The lines of a pod's log, as they are written, until it ends; an unfinished last one is lost. */
  async *followLog(
    pod: { namespace: string; name: string },
    options: CallOptions = {},
  ): AsyncGenerator<string, void, void> {
    const path = resourcePath(PODS, { ...pod, subresource: 'log' });
    const request = { method: 'GET', path, query: { follow: true }, ...options } as const;
    try {
      yield* splitLines(this.#transport.stream(request));
    } catch (error) {
      if (!(error instanceof TruncatedLineError)) throw error;
    }
  }

  /** @throws ApiError where the API server refuses an exec, WebSocket or not */
  async #explainRefusal(request: TransportRequest): Promise<void> {
    const refusal = await this.request(request).catch((reason: unknown) => reason);
    if (refusal instanceof ApiError && refusal.status !== UPGRADE_REQUIRED) throw refusal;
  }

  /** Ends all connections, and with them what is under way. */
  close(): Promise<void> {
    return this.#transport.close();
  }
}

function locationOf({ namespace, name }: ObjectMeta): Location {
  return { namespace, name };
}
