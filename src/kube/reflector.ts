import { Backoff } from './backoff.ts';
import type { KubeClient, Selection } from './client.ts';
import { delay } from './deadline.ts';
import { ApiError, ApiUnreachableError, isNotFound } from './errors.ts';
import { Outage, type OutageListener } from './outage.ts';
import { REFLECTOR_TIMING, type ReflectorTiming, within } from './reflector-timing.ts';
import { type KubernetesObject, objectKey, type Resource } from './resource.ts';
import { compareResourceVersions } from './resource-version.ts';
import { misfit, type OnMalformed, type Schema } from './shape.ts';
import type { Identity, Store } from './store.ts';
import type { WatchEvent } from './watch-events.ts';
import { MalformedLineError } from './watch-lines.ts';

/** Outage: the resource cannot be listed or watched, with an ApiError or ApiUnreachableError. */
export interface ReflectorOptions<T, Index extends string> extends OutageListener {
  client: KubeClient;
  resource: Resource;
  selection?: Selection;
  store: Store<T, Index>;
  /**
   * What is kept of an object; undefined keeps nothing. Must not keep references to the rest. Tells what it leaves out
   * because it is not as the API says, and throws where nothing is of use: then what was known of the object stands.
   */
  project: (object: KubernetesObject, onMalformed: OnMalformed) => T | undefined;
  /** Called with the key of an object that is not as the API says, empty where it has none, and what of it is wrong. */
  onMalformed: (key: string, wrong: string) => void;
  /** Other times than REFLECTOR_TIMING, for tests. */
  timing?: Partial<ReflectorTiming>;
}

/** `notServed`: the server does not know the resource, as before its CRD is installed. */
export type ReflectorState = 'starting' | 'watching' | 'notServed' | 'failing';

/**
 * Keeps a Store equal to a resource of the API server: a consistent list in pages, then a watch from
 * there that is resumed as long as the server remembers where it was, else another list. Modelled on
 * client-go's Reflector. Outage of any kind is retried for ever and never thrown.
 */
export class Reflector<T, Index extends string = never> {
  readonly #options: ReflectorOptions<T, Index>;
  readonly #timing: ReflectorTiming;
  readonly #backoff: Backoff;
  #hasSynced = false;
  #state: ReflectorState = 'starting';
  readonly #outage: Outage;
  /** Where the next watch starts; undefined where only a list can tell. */
  #resourceVersion: string | undefined;
  /** A snapshot of pages expired while it was read: the next list is read in one page. */
  #pagesExpired = false;
  #relistAt = 0;

  constructor(options: ReflectorOptions<T, Index>) {
    this.#options = options;
    this.#timing = { ...REFLECTOR_TIMING, ...options.timing };
    this.#backoff = new Backoff({
      minimum: this.#timing.backoffMinimum,
      maximum: this.#timing.backoffMaximum,
      resetAfter: this.#timing.backoffReset,
    });
    this.#outage = new Outage(options);
  }

  get state(): ReflectorState {
    return this.#state;
  }

  /** Whether there has been a complete list. */
  hasSynced(): boolean {
    return this.#hasSynced;
  }

  /** Lists and watches until the signal is aborted. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const wait = await this.#listAndWatch(signal);
      if (wait > 0) await delay(wait, signal);
    }
  }

  /** One list if it is due, and one watch; returns the milliseconds to wait before the next. */
  async #listAndWatch(signal: AbortSignal): Promise<number> {
    const watch = { openedAt: undefined as number | undefined };
    try {
      if (this.#resourceVersion === undefined) await this.#list(signal);
      else if (performance.now() >= this.#relistAt) await this.#relist(signal);
      await this.#watch(signal, watch);
      // A server that ends watches at once must not be asked more than about once a second.
      return this.#timing.healthy - (performance.now() - (watch.openedAt ?? 0));
    } catch (error) {
      if (signal.aborted) return 0;
      return this.#waitAfter(error, watch.openedAt);
    }
  }

  /** Milliseconds to wait after this error; notes what the next try has to do differently. */
  #waitAfter(error: unknown, openedAt: number | undefined): number {
    const wasOpen = openedAt !== undefined;
    if (needsList(error)) {
      this.#pagesExpired = this.#resourceVersion === undefined && isExpired(error);
      this.#resourceVersion = undefined;
      return this.#backoff.next(performance.now());
    }
    // A connection that broke after it had worked is replaced at once; one that cannot be made, or
    // a server that says what is wrong, is given time.
    if (this.#hasLasted(openedAt) && !(error instanceof ApiError)) return 0;
    if (!this.#hasLasted(openedAt)) this.#reportOutage(error);
    const wait = this.#backoff.next(performance.now());
    if (isNotFound(error) && !wasOpen) {
      this.#resourceVersion = undefined;
      return Math.min(wait, this.#timing.notServed);
    }
    const asked = error instanceof ApiError ? (error.retryAfterSeconds ?? 0) * 1000 : 0;
    return Math.max(wait, asked);
  }

  #hasLasted(openedAt: number | undefined): boolean {
    return openedAt !== undefined && performance.now() - openedAt >= this.#timing.healthy;
  }

  #reportOutage(error: unknown): void {
    this.#state = isNotFound(error) ? 'notServed' : 'failing';
    this.#outage.report(error);
  }

  #reportHealth(): void {
    this.#state = 'watching';
    this.#outage.clear();
  }

  /** A list that is only a precaution: when it fails, the watch that works goes on. */
  async #relist(signal: AbortSignal): Promise<void> {
    try {
      await this.#list(signal);
    } catch (error) {
      if (!(error instanceof ApiError || error instanceof ApiUnreachableError)) throw error;
      this.#relistAt = performance.now() + this.#timing.backoffMaximum;
    }
  }

  /** Brings the store to the state of a list: what is not in it any more is deleted. */
  async #list(signal: AbortSignal): Promise<void> {
    const { client, resource, selection, store } = this.#options;
    const listed = new Set<string>();
    let resourceVersion = '';
    const limit = this.#pagesExpired ? 0 : undefined;
    for await (const page of client.list(resource, { ...selection, limit, signal })) {
      for (const object of page.items) {
        const identity = this.#identify(object);
        if (identity === undefined) continue;
        listed.add(identity.key);
        this.#store(identity, object, 'list');
      }
      resourceVersion = page.resourceVersion;
    }
    for (const key of [...store.keys()]) if (!listed.has(key)) store.delete(key, 'list');
    store.observe(resourceVersion);
    this.#pagesExpired = false;
    this.#resourceVersion = resourceVersion;
    this.#relistAt = performance.now() + within(this.#timing.relist);
    this.#hasSynced = true;
  }

  /** Watches from where we are; `watch.openedAt` is set when the server has accepted it. */
  async #watch(signal: AbortSignal, watch: { openedAt: number | undefined }): Promise<void> {
    const { client, resource, selection } = this.#options;
    const abort = new AbortController();
    const stop = (): void => abort.abort(signal.reason);
    signal.addEventListener('abort', stop, { once: true });
    const inactivity = setTimeout(() => {
      abort.abort(new Error('the watch was silent for too long'));
    }, this.#timing.inactivity);
    let health: NodeJS.Timeout | undefined;
    try {
      signal.throwIfAborted();
      const events = client.watch(resource, {
        ...selection,
        resourceVersion: this.#resourceVersion ?? '',
        timeoutSeconds: Math.ceil(within(this.#timing.watch) / 1000),
        signal: abort.signal,
        onOpen: () => {
          watch.openedAt = performance.now();
          health = setTimeout(() => this.#reportHealth(), this.#timing.healthy);
        },
      });
      for await (const event of events) {
        inactivity.refresh();
        this.#handle(event);
      }
    } finally {
      clearTimeout(inactivity);
      clearTimeout(health);
      signal.removeEventListener('abort', stop);
    }
  }

  #handle(event: WatchEvent): void {
    const { store } = this.#options;
    const { resourceVersion = '' } = event.object.metadata;
    // Within a watch they only grow: what is not newer has been seen, and may be gone again.
    if (isNotNewer(resourceVersion, this.#resourceVersion)) return;
    if (event.type !== 'BOOKMARK') this.#handleObject(event);
    this.#resourceVersion = resourceVersion;
    store.observe(resourceVersion);
  }

  #handleObject({ type, object }: WatchEvent): void {
    const { store } = this.#options;
    const identity = this.#identify(object);
    if (identity === undefined) return;
    const { key, resourceVersion } = identity;
    // A list that failed halfway has left objects that are newer than where the watch stands.
    if (isNotNewer(resourceVersion, store.resourceVersion(key))) return;
    if (type === 'DELETED') store.delete(key, 'watch');
    else this.#store(identity, object, 'watch');
  }

  /** Undefined, and told, where nobody can say which object it is. */
  #identify(object: KubernetesObject): Identity | undefined {
    const wrong = misfit(IDENTITY, object);
    if (wrong === undefined) return identityOf(object);
    this.#options.onMalformed('', wrong);
    return undefined;
  }

  #store(identity: Identity, object: KubernetesObject, source: 'list' | 'watch'): void {
    const { store, project, onMalformed } = this.#options;
    const { key, uid } = identity;
    const wrong: string[] = [];
    try {
      const value = project(object, (field) => wrong.push(field));
      if (value === undefined) store.delete(key, source);
      else store.set(identity, value, source);
    } catch (error) {
      wrong.push((error as Error).message);
      // What was known of this object stands, and of another one of its name it does not.
      if (store.uid(key) !== uid) store.delete(key, source);
    }
    if (wrong.length > 0) onMalformed(key, wrong.join(', '));
  }
}

/** What a store needs to know of an object. */
const IDENTITY: Schema = {
  type: 'object',
  required: ['metadata'],
  properties: {
    metadata: {
      type: 'object',
      required: ['name'],
      properties: {
        name: { type: 'string' },
        namespace: { type: 'string' },
        uid: { type: 'string' },
        resourceVersion: { type: 'string' },
      },
    },
  },
};

function identityOf({ metadata }: KubernetesObject): Identity {
  const { uid = '', resourceVersion = '' } = metadata;
  return { key: objectKey(metadata), uid, resourceVersion };
}

function isNotNewer(resourceVersion: string, than: string | undefined): boolean {
  const order = than === undefined ? undefined : compareResourceVersions(resourceVersion, than);
  return order !== undefined && order <= 0;
}

function isExpired(error: unknown): boolean {
  return error instanceof ApiError && (error.status === 410 || error.reason === 'Expired');
}

/** Whether the resourceVersion is of no use any more, or an event may have been lost. */
function needsList(error: unknown): boolean {
  if (isExpired(error) || error instanceof MalformedLineError) return true;
  // After a restore of etcd the server may be behind what we have seen.
  return error instanceof ApiError && /too large resource version/i.test(error.message);
}
