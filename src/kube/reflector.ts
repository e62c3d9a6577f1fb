import { Backoff } from './backoff.ts';
import type { KubeClient, Selection } from './client.ts';
import { delay } from './deadline.ts';
import { ApiError, ApiUnreachableError, isNotFound } from './errors.ts';
import { Outage, type OutageListener } from './outage.ts';
import { REFLECTOR_TIMING, type ReflectorTiming, within } from './reflector-timing.ts';
import { assertNotBehind, type RelistReason, relistReason, SilentWatchError } from './relist.ts';
import type { Resource } from './resource.ts';
import { isNotNewer, StoreIntake, type StoreIntakeOptions } from './store-intake.ts';
import type { WatchEvent } from './watch-events.ts';

/** Outage: the resource cannot be listed or watched, or what was seen of it is lost again and again. */
export interface ReflectorOptions<T, Index extends string>
  extends OutageListener,
    StoreIntakeOptions<T, Index> {
  client: KubeClient;
  resource: Resource;
  selection?: Selection;
  /** Called when everything is about to be listed again. */
  onRelist?: (reason: RelistReason) => void;
  /** Other times than REFLECTOR_TIMING, for tests. */
  timing?: Partial<ReflectorTiming>;
}

/** `notServed`: the server does not know the resource, as before its CRD is installed. */
export type ReflectorState = 'starting' | 'watching' | 'notServed' | 'failing';

/**
 * Keeps a Store equal to a resource of the API server. A consistent list in pages comes first, then a
 * watch from there. That is resumed as long as the server remembers where it was; else there is another list. Modelled on
 * client-go's Reflector. Outage of any kind is retried for ever and never thrown.
 */
export class Reflector<T, Index extends string = never> {
  readonly #options: ReflectorOptions<T, Index>;
  readonly #intake: StoreIntake<T, Index>;
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
  /** When what had been seen was last lost, so that a list was needed. */
  #lostAt = Number.NEGATIVE_INFINITY;
  /** The server may be another one than it was, and know less: that is looked at before a watch is resumed. */
  #mayBeBehind = false;
  /** How long a watch has to stay open until it counts as working. */
  #probation: number;

  constructor(options: ReflectorOptions<T, Index>) {
    this.#options = options;
    this.#intake = new StoreIntake(options);
    this.#timing = { ...REFLECTOR_TIMING, ...options.timing };
    this.#probation = this.#timing.healthy;
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
      const { recovery } = this.#options.client;
      const { outages } = recovery;
      const { least, most } = await this.#listAndWatch(signal);
      if (least > 0) await delay(least, signal);
      if (most <= least) continue;
      // What was under way when an outage ended may have failed of it all the same.
      const isOver = outages !== recovery.outages || (await recovery.wait(most - least, signal));
      if (isOver) await this.#startAnew(signal);
    }
  }

  /** After an outage: at once, but those who waited for its end do not ask all in the same moment. */
  async #startAnew(signal: AbortSignal): Promise<void> {
    this.#backoff.reset();
    await delay(Math.random() * this.#timing.backoffMinimum, signal);
  }

  /** One list if it is due, and one watch; returns how long to wait before the next. */
  async #listAndWatch(signal: AbortSignal): Promise<Wait> {
    const watch = { openedAt: undefined as number | undefined };
    try {
      if (this.#resourceVersion === undefined) await this.#list(signal);
      else if (performance.now() >= this.#relistAt) await this.#relist(signal);
      else if (this.#mayBeBehind) await this.#look(signal);
      await this.#watch(signal, watch);
      // A server that ends watches at once must not be asked more than about once a second.
      const open = performance.now() - (watch.openedAt ?? 0);
      return { least: Math.max(this.#timing.healthy - open, 0), most: 0 };
    } catch (error) {
      if (signal.aborted) return { least: 0, most: 0 };
      const reason = relistReason(error);
      return reason === undefined
        ? this.#waitAfter(error, watch.openedAt)
        : this.#waitForList(error, reason);
    }
  }

  /** How long to wait before everything is listed again. */
  #waitForList(error: unknown, reason: RelistReason): Wait {
    const now = performance.now();
    const wait = this.#backoff.next(now);
    const isRepeated = now - this.#lostAt < this.#timing.backoffReset;
    this.#lostAt = now;
    // One loss happens, as where a watch was away for long. What goes on has to go well for as long before it is over.
    this.#probation = isRepeated ? this.#timing.backoffReset : this.#timing.healthy;
    if (isRepeated || reason === 'went_back') this.#reportOutage(error);
    this.#pagesExpired = this.#resourceVersion === undefined && reason === 'expired';
    this.#resourceVersion = undefined;
    this.#options.onRelist?.(reason);
    return { least: 0, most: wait };
  }

  /** How long to wait before the watch is resumed; notes what the next try has to do differently. */
  #waitAfter(error: unknown, openedAt: number | undefined): Wait {
    const wasOpen = openedAt !== undefined;
    this.#mayBeBehind ||= error instanceof SilentWatchError || isServerTrouble(error);
    // A connection that broke after it had worked is replaced at once. One that cannot be made, or
    // a server that says what is wrong, is given time.
    if (this.#hasLasted(openedAt) && !(error instanceof ApiError)) return { least: 0, most: 0 };
    if (!this.#hasLasted(openedAt)) this.#reportOutage(error);
    const wait = this.#backoff.next(performance.now());
    if (isNotFound(error) && !wasOpen) {
      this.#resourceVersion = undefined;
      return { least: 0, most: Math.min(wait, this.#timing.notServed) };
    }
    const asked = error instanceof ApiError ? (error.retryAfterSeconds ?? 0) * 1000 : 0;
    return { least: asked, most: wait };
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
    this.#probation = this.#timing.healthy;
    this.#outage.clear();
  }

  /** @throws WentBackError where the server is not as far any more as what has been seen of it */
  async #look(signal: AbortSignal): Promise<void> {
    const { client, resource, selection } = this.#options;
    for await (const page of client.list(resource, { ...selection, limit: 1, signal })) {
      assertNotBehind(page.resourceVersion, this.#resourceVersion);
      break;
    }
    this.#mayBeBehind = false;
  }

  /** A list that is only a precaution: when it fails, the watch that works goes on. */
  async #relist(signal: AbortSignal): Promise<void> {
    this.#options.onRelist?.('periodic');
    try {
      await this.#list(signal);
    } catch (error) {
      if (!(error instanceof ApiError || error instanceof ApiUnreachableError)) throw error;
      this.#pagesExpired = relistReason(error) === 'expired';
      this.#relistAt = performance.now() + this.#timing.backoffMaximum;
    }
  }

  /** Brings the store to the state of a list: what is not in it any more is deleted. */
  async #list(signal: AbortSignal): Promise<void> {
    const { client, resource, selection, store } = this.#options;
    const listed = new Set<string>();
    const limit = this.#pagesExpired ? 0 : undefined;
    const options = { ...selection, limit, signal };
    const resourceVersion = await client.forEach(resource, options, (object) => {
      const key = this.#intake.listed(object);
      if (key !== undefined) listed.add(key);
    });
    for (const key of [...store.keys()]) if (!listed.has(key)) store.delete(key, 'list');
    store.observe(resourceVersion);
    this.#pagesExpired = false;
    this.#mayBeBehind = false;
    this.#resourceVersion = resourceVersion;
    this.#relistAt = performance.now() + within(this.#timing.relist);
    this.#hasSynced = true;
  }

  /** Watches from where we are; `watch.openedAt` is set when the server has accepted it. */
  async #watch(signal: AbortSignal, watch: { openedAt: number | undefined }): Promise<void> {
    const { client, resource, selection } = this.#options;
    const start = this.#resourceVersion ?? '';
    const abort = new AbortController();
    const stop = (): void => abort.abort(signal.reason);
    signal.addEventListener('abort', stop, { once: true });
    const inactivity = setTimeout(() => {
      abort.abort(new SilentWatchError('the watch was silent for too long'));
    }, this.#timing.inactivity);
    let health: NodeJS.Timeout | undefined;
    try {
      signal.throwIfAborted();
      const events = client.watch(resource, {
        ...selection,
        resourceVersion: start,
        timeoutSeconds: this.#watchSeconds(),
        signal: abort.signal,
        onOpen: () => {
          watch.openedAt = performance.now();
          health = setTimeout(() => this.#reportHealth(), this.#probation);
        },
      });
      for await (const event of events) {
        inactivity.refresh();
        this.#handle(event, start);
      }
    } finally {
      clearTimeout(inactivity);
      clearTimeout(health);
      signal.removeEventListener('abort', stop);
    }
  }

  /** How long the server is asked to watch; no longer than until everything is to be listed again. */
  #watchSeconds(): number {
    const untilRelist = this.#relistAt - performance.now();
    return Math.max(1, Math.ceil(Math.min(within(this.#timing.watch), untilRelist) / 1000));
  }

  /** @throws WentBackError for an event from before the watch's start */
  #handle(event: WatchEvent, start: string): void {
    const { resourceVersion = '' } = event.object.metadata;
    assertNotBehind(resourceVersion, start);
    // Within a watch they only grow: what is not newer has been seen, and may be gone again.
    if (isNotNewer(resourceVersion, this.#resourceVersion)) return;
    if (event.type !== 'BOOKMARK') this.#intake.watched(event);
    this.#resourceVersion = resourceVersion;
    this.#options.store.observe(resourceVersion);
  }
}

/** Milliseconds: what is waited in any case, and in all where the API server does not begin to serve before. */
interface Wait {
  least: number;
  most: number;
}

/** Whether the server, and not the request, is the reason: when it serves again, it may be another one. */
function isServerTrouble(error: unknown): boolean {
  return error instanceof ApiUnreachableError || (error instanceof ApiError && error.status >= 500);
}
