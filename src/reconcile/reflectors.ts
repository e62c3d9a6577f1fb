import type { ApiService, ConvertedDefinition } from '../domain/preflight/usage.ts';
import type { KubeClient, Selection } from '../kube/client.ts';
import { Reflector } from '../kube/reflector.ts';
import type { ReflectorTiming } from '../kube/reflector-timing.ts';
import { RELIST_REASONS } from '../kube/relist.ts';
import { type KubernetesObject, type Resource, resourceName } from '../kube/resource.ts';
import type { OnMalformed } from '../kube/shape.ts';
import type { Store } from '../kube/store.ts';
import type { StorePart } from '../kube/store-part.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import type { MalformedObjects } from './malformed-objects.ts';
import type { Outages, Part } from './outages.ts';

/** What to follow, and where to keep it. */
interface What<T, Index extends string> {
  resource: Resource;
  store: Store<T, Index> | StorePart<T, Index>;
  /** As of a reflector. */
  project: (object: KubernetesObject, onMalformed: OnMalformed) => T;
  selection?: Selection;
  onRecovered?: () => void;
  /** What it means where the API server does not know the resource, or not in this version. */
  absence?: 'outage' | 'normal';
}

interface Following {
  resource: Resource;
  /** The resource, and the namespace where only that is followed. */
  part: Part;
  absence: 'outage' | 'normal';
  reflector: Pick<Reflector<unknown, string>, 'state' | 'hasSynced'>;
}

/** What a CustomResourceDefinition says. */
type Defined = Pick<ConvertedDefinition, 'versions'>;

export interface ReflectorsOptions {
  client: KubeClient;
  outages: Outages;
  malformed: MalformedObjects;
  metrics: Pick<Metrics, 'relists' | 'missedEvents' | 'followed'>;
  /** When everything is read again as a precaution. */
  relist: ReflectorTiming['relist'];
}

/** The reflectors that keep the caches like the cluster, and whether they all do. */
export class Reflectors {
  readonly #options: ReflectorsOptions;
  readonly #following: Following[] = [];

  constructor(options: ReflectorsOptions) {
    this.#options = options;
    options.metrics.followed.add(() =>
      this.#following.map((each) => ({
        resource: resourceName(each.resource),
        isBlind: isBlind(each),
      })),
    );
  }

  /** Keeps `store` like the resource until the signal is aborted. */
  follow<T, Index extends string>(what: What<T, Index>, signal: AbortSignal): Following {
    const { resource, onRecovered, absence = 'outage', ...rest } = what;
    const { namespace } = what.selection ?? {};
    const part = { resource, ...(namespace !== undefined && { name: namespace }) };
    const { client, outages, malformed, metrics, relist } = this.#options;
    const labels = { resource: resourceName(resource) };
    for (const reason of RELIST_REASONS) metrics.relists.inc({ ...labels, reason }, 0);
    metrics.missedEvents.inc(labels, 0);
    const reflector = new Reflector<T, Index>({
      ...rest,
      client,
      resource,
      timing: { relist },
      onMalformed: (key, wrong) => malformed.tell(resource, key, wrong),
      onRelist: (reason) => metrics.relists.inc({ ...labels, reason }),
      onOutage: (error) => outages.begin(part, error),
      onRecovered: () => {
        outages.end(part);
        onRecovered?.();
      },
    });
    const stopCounting = what.store.addListener(({ source }) => {
      if (source === 'list' && reflector.hasSynced()) metrics.missedEvents.inc(labels);
    });
    const following = { resource, part, absence, reflector };
    this.#following.push(following);
    void reflector.run(signal).then(stopCounting);
    return following;
  }

  /**
   * Keeps `store` like a resource for as long as its definition is there; empty while it is not. Where the
   * version that is known here is not served, another is read: fields keep their meaning or get new names.
   */
  followWhileDefined<T, Index extends string, Definition extends Defined>(
    what: What<T, Index>,
    definitions: Listened<Definition>,
    signal: AbortSignal,
  ): void {
    const serve = this.#switched(what, signal);
    onDefinition(what.resource, definitions, serve);
  }

  /** The same, and for as long as an API server of its own is registered for the version that is known here. */
  followWhileServed<T, Index extends string>(
    what: What<T, Index>,
    {
      definitions,
      apiServices,
    }: { definitions: Listened<ConvertedDefinition>; apiServices: Listened<ApiService> },
    signal: AbortSignal,
  ): void {
    const { version, group } = what.resource;
    const serve = this.#switched(what, signal);
    let defined: string | undefined;
    let isRegistered = false;
    const serveEither = () => serve(defined ?? (isRegistered ? version : undefined));
    onDefinition(what.resource, definitions, (served) => {
      defined = served;
      serveEither();
    });
    apiServices.addListener(({ key, current }) => {
      if (key !== `${version}.${group}`) return;
      // What the API server itself serves, a definition tells of.
      isRegistered = current?.service !== undefined;
      serveEither();
    });
  }

  /** Follows the resource in the version that is told, and in none, with an empty store, where none is. */
  #switched<T, Index extends string>(
    what: What<T, Index>,
    signal: AbortSignal,
  ): (version: string | undefined) => void {
    const { resource, store } = what;
    let current: { version: string; stop: AbortController; following: Following } | undefined;
    return (version) => {
      if (version === current?.version) return;
      if (current) {
        current.stop.abort();
        this.#forget(current.following);
        for (const object of [...store.keys()]) store.delete(object, 'watch');
      }
      current = undefined;
      if (version === undefined) return;
      const stop = new AbortController();
      const anyEnd = AbortSignal.any([signal, stop.signal]);
      // A definition that was made this moment may not be served yet.
      const served = { ...what, resource: { ...resource, version }, absence: 'normal' } as const;
      current = { version, stop, following: this.follow(served, anyEnd) };
    };
  }

  #forget(following: Following): void {
    this.#following.splice(this.#following.indexOf(following), 1);
    this.#options.outages.end(following.part);
  }

  /** Whether every cache is full and being kept so, those aside that may be absent. */
  get areReady(): boolean {
    if (this.#following.length === 0) return false;
    return this.#following.every(
      (each) => !isBlind(each) && (mayBeAbsent(each) || each.reflector.hasSynced()),
    );
  }

  /** Whether the API server knows the resource and the cache of it is full, of every namespace that is followed. */
  isServed(resource: Resource): boolean {
    const following = this.#following.filter((each) => each.resource === resource);
    return (
      following.length > 0 &&
      following.every(({ reflector }) => reflector.hasSynced() && reflector.state !== 'notServed')
    );
  }
}

/** Whether a resource is rightly not there. */
function mayBeAbsent({ absence, reflector }: Following): boolean {
  return absence === 'normal' && reflector.state === 'notServed';
}

/** Whether nobody tells any more what happens to a resource. */
function isBlind(following: Following): boolean {
  const { state } = following.reflector;
  return (state === 'failing' || state === 'notServed') && !mayBeAbsent(following);
}

/** A store that is asked for nothing but what changes. */
type Listened<T> = Pick<Store<T>, 'addListener'>;

/** Tells, whenever it changes, in which version a definition serves a resource. */
function onDefinition<Definition extends Defined>(
  resource: Resource,
  definitions: Listened<Definition>,
  tell: (version: string | undefined) => void,
): void {
  const name = resourceName(resource);
  definitions.addListener(({ key, current }) => {
    if (key === name) tell(current && servedVersion(current.versions, resource.version));
  });
}

/** The version that is known here, where it is served; else the first that is. */
function servedVersion(versions: readonly string[], known: string): string | undefined {
  return versions.includes(known) ? known : versions[0];
}
