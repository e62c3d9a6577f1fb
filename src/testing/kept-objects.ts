import type { ServerResponse } from 'node:http';
import type { KubernetesObject } from '../kube/resource.ts';
import { type ApiPath, parseApiPath } from './api-path.ts';
import {
  type Answer,
  openWatch,
  type ReceivedRequest,
  sendJson,
  sendStatus,
} from './scripted-api-server.ts';

/** An object as it is kept; what only some kinds have is optional. */
export interface KeptObject extends KubernetesObject {
  spec?: object;
  status?: { conditions?: { type: string }[] };
}

interface Watch {
  path: ApiPath;
  send: (type: string, object: object) => void;
}

/** What is left of a list that is read in pages. */
interface Rest {
  version: number;
  items: KeptObject[];
}

/** What a watch tells, and of which path. */
interface Change {
  path: ApiPath;
  version: number;
  type: string;
  object: KeptObject;
}

/**
 * Objects as an API server keeps them: lists, watches, versions, preconditions, and of server-side apply as much
 * as portlock relies on. A manager's part of a status is replaced as a whole; all else that is applied wins.
 */
export class KeptObjects {
  readonly #objects = new Map<string, KeptObject>();
  readonly #paths = new Map<string, ApiPath>();
  readonly #lists = new Map<string, Rest>();
  readonly #watches = new Set<Watch>();
  /** All that has happened: whoever watches is told what came after where they begin. */
  readonly #changes: Change[] = [];
  /** What each manager applied of the status of an object. */
  readonly #parts = new Map<string, Map<string, NonNullable<KeptObject['status']>>>();
  readonly #now: () => number;
  /** Plural names of kinds that the server does not know. */
  readonly notServed = new Set<string>();
  #version = 100;
  #pages = 0;

  /** @param now milliseconds since the epoch, for times of creation */
  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  /** The resourceVersion of the last change. */
  get version(): string {
    return `${this.#version}`;
  }

  /** The object at a path; undefined where there is none. */
  at(path: string): KeptObject | undefined {
    return this.#objects.get(path);
  }

  /** All objects of a kind. */
  all(plural: string): KeptObject[] {
    return [...this.#objects].flatMap(([path, object]) =>
      this.#parsed(path).plural === plural ? [object] : [],
    );
  }

  /** Somebody else writes an object. */
  put(path: string, object: KeptObject): void {
    this.#keep(path, object, undefined);
  }

  /** Somebody else deletes an object. */
  remove(path: string): void {
    const object = this.#objects.get(path);
    if (!object) return;
    this.#objects.delete(path);
    this.#parts.delete(path);
    this.#version += 1;
    const metadata = { ...object.metadata, resourceVersion: `${this.#version}` };
    this.#tell(path, 'DELETED', { ...object, metadata });
  }

  /** What a scripted server answers with. */
  readonly answer: Answer = (response, request) => {
    const path = parseApiPath(request.path);
    if (this.notServed.has(path.plural))
      return sendStatus(response, 404, { reason: 'NotFound', message: 'not served' });
    if (request.method === 'GET') return this.#read(response, request, path);
    if (request.method === 'POST') return this.#create(response, request);
    return this.#write(response, request, path);
  };

  #read(response: ServerResponse, { path: text, query }: ReceivedRequest, path: ApiPath): unknown {
    const object = this.#objects.get(text);
    if (path.name !== undefined)
      return object ? sendJson(response, object) : notFound(response, text);
    if (query.get('watch') === 'true') {
      this.#watch(response, path, Number(query.get('resourceVersion')));
      return;
    }
    this.#sendPage(response, path, query);
  }

  #sendPage(response: ServerResponse, path: ApiPath, query: URLSearchParams): unknown {
    const token = query.get('continue');
    const list = token === null ? this.#listed(path, query) : this.#lists.get(token);
    if (!list)
      return sendStatus(response, 410, { reason: 'Expired', message: 'the list is not kept' });
    if (token !== null) this.#lists.delete(token);
    const { version, items } = list;
    const limit = Number(query.get('limit')) || items.length;
    const next = items.length > limit ? `${version}-${++this.#pages}` : undefined;
    if (next) this.#lists.set(next, { version, items: items.slice(limit) });
    const metadata = { resourceVersion: `${version}`, continue: next };
    return sendJson(response, { metadata, items: items.slice(0, limit) });
  }

  #listed(path: ApiPath, query: URLSearchParams): Rest {
    const items = [...this.#objects].flatMap(([each, item]) =>
      isIn(path, this.#parsed(each)) && isSelected(item, query) ? [item] : [],
    );
    return { version: this.#version, items };
  }

  #parsed(path: string): ApiPath {
    const known = this.#paths.get(path) ?? parseApiPath(path);
    this.#paths.set(path, known);
    return known;
  }

  #watch(response: ServerResponse, path: ApiPath, from: number): void {
    const watch = { path, send: openWatch(response) };
    for (const change of this.#changes)
      if (change.version > from && isIn(path, change.path)) watch.send(change.type, change.object);
    this.#watches.add(watch);
    response.once('close', () => this.#watches.delete(watch));
  }

  #create(response: ServerResponse, { path, query, body }: ReceivedRequest): unknown {
    const object = JSON.parse(body) as KeptObject;
    const at = `${path}/${object.metadata.name}`;
    if (this.#objects.has(at))
      return sendStatus(response, 409, { reason: 'AlreadyExists', message: `${at} is there` });
    sendJson(response, this.#keep(at, object, query.get('fieldManager')), { code: 201 });
  }

  #write(response: ServerResponse, request: ReceivedRequest, { subresource }: ApiPath): unknown {
    const { method, query } = request;
    const path = request.path.replace(/\/status$/, '');
    const live = this.#objects.get(path);
    const sent = JSON.parse(request.body) as KeptObject & { preconditions?: object };
    const wanted: { uid?: string; resourceVersion?: string } =
      method === 'DELETE' ? (sent.preconditions ?? {}) : sent.metadata;
    const isGone = !live && (method !== 'PATCH' || subresource || wanted.resourceVersion);
    if (isGone) return notFound(response, path);
    if (live && isOther(live, wanted))
      return sendStatus(response, 409, { reason: 'Conflict', message: `${path} was modified` });
    if (method === 'DELETE') {
      this.remove(path);
      return sendJson(response, {});
    }
    const manager = query.get('fieldManager');
    if (subresource) return sendJson(response, this.#keepPart(path, sent, manager ?? ''));
    const { labels } = live?.metadata ?? {};
    const metadata = { ...live?.metadata, ...sent.metadata };
    if (method === 'PATCH') metadata.labels = { ...labels, ...sent.metadata.labels };
    sendJson(response, this.#keep(path, { ...live, ...sent, metadata }, manager));
  }

  #keepPart(path: string, { status = {} }: KeptObject, manager: string): KeptObject {
    const live = this.#objects.get(path) as KeptObject;
    const parts = this.#parts.get(path) ?? new Map();
    this.#parts.set(path, parts.set(manager, status));
    const all = [...parts.values()].flatMap((part) => part.conditions ?? []);
    // Of one type there is one, at its first place and as it was written last.
    const conditions = [...new Map(all.map((each) => [each.type, each])).values()];
    const merged = Object.assign({}, ...parts.values(), { conditions });
    return this.#keep(path, { ...live, status: merged }, manager);
  }

  #keep(path: string, object: KeptObject, manager: string | null | undefined): KeptObject {
    const live = this.#objects.get(path);
    this.#version += 1;
    const known = [live, object].flatMap((each) => each?.metadata.managedFields ?? []);
    const managers = new Set(known.map((each) => each.manager ?? ''));
    if (manager) managers.add(manager);
    const kept: KeptObject = {
      ...object,
      metadata: {
        generation: 1,
        creationTimestamp: new Date(this.#now()).toISOString(),
        ...object.metadata,
        uid: live?.metadata.uid ?? object.metadata.uid ?? `uid-of-${path}-${this.#version}`,
        resourceVersion: `${this.#version}`,
        managedFields: [...managers].map((each) => ({ manager: each })),
      },
    };
    this.#objects.set(path, kept);
    this.#tell(path, live ? 'MODIFIED' : 'ADDED', kept);
    return kept;
  }

  #tell(path: string, type: string, object: KeptObject): void {
    const change = { path: this.#parsed(path), version: this.#version, type, object };
    this.#changes.push(change);
    for (const watch of this.#watches) if (isIn(watch.path, change.path)) watch.send(type, object);
  }
}

function isIn(collection: ApiPath, { group, plural, namespace }: ApiPath): boolean {
  const isSame = group === collection.group && plural === collection.plural;
  return isSame && (collection.namespace ?? namespace) === namespace;
}

/** By labels that are equal, and by the name. */
function isSelected({ metadata }: KeptObject, query: URLSearchParams): boolean {
  const labels = (query.get('labelSelector') ?? '').split(',').filter((term) => term !== '');
  const name = query.get('fieldSelector')?.replace('metadata.name=', '') ?? metadata.name;
  return (
    name === metadata.name &&
    labels.every((term) => {
      const [key = '', value] = term.split('=');
      const label = metadata.labels?.[key];
      return value === undefined ? label !== undefined : label === value;
    })
  );
}

function isOther(
  { metadata }: KeptObject,
  { uid, resourceVersion }: { uid?: string; resourceVersion?: string },
): boolean {
  return (
    (uid !== undefined && uid !== metadata.uid) ||
    (resourceVersion !== undefined && resourceVersion !== metadata.resourceVersion)
  );
}

function notFound(response: ServerResponse, path: string): void {
  sendStatus(response, 404, { reason: 'NotFound', message: `${path} is not there` });
}
