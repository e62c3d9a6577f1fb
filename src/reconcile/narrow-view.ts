import { UNREAD_DEFINITIONS } from '../domain/preflight/unread-kinds.ts';
import type { KubeClient } from '../kube/client.ts';
import { unlessGone } from '../kube/errors.ts';
import { resourceName } from '../kube/resource.ts';
import { DEFINITIONS, NAMESPACES } from '../kube/resources.ts';
import type { Caches } from './caches.ts';
import { everyCache } from './kinds/kind-caches.ts';
import type { Outages, Part } from './outages.ts';

/** How often it is looked again, in ms: once all has been read, and before. */
const INTERVAL = 30_000;
const FIRST_INTERVAL = 2_000;

export interface NarrowViewOptions {
  client: KubeClient;
  caches: Caches;
  outages: Outages;
  /** The only namespaces that the operator may look at. */
  namespaces: readonly string[];
}

/**
 * What an operator asks for now and then that may read some namespaces alone: nobody may watch a Namespace by name, or
 * the definitions, with Roles. A Role grants `get` of the Namespace that it is in, and anybody may discover kinds.
 */
export class NarrowView {
  readonly #options: NarrowViewOptions;
  #hasSynced = false;

  constructor(options: NarrowViewOptions) {
    this.#options = options;
  }

  /** Whether everything has been read once. */
  hasSynced(): boolean {
    return this.#hasSynced;
  }

  /** Looks again and again until the signal is aborted. */
  async run(signal: AbortSignal): Promise<void> {
    const { client, namespaces } = this.#options;
    while (!signal.aborted) {
      const read = await Promise.all([
        this.#attempt({ resource: DEFINITIONS }, () => this.#discover(signal), signal),
        ...namespaces.map((name) =>
          this.#attempt(
            { resource: NAMESPACES, name },
            () => this.#readNamespace(name, signal),
            signal,
          ),
        ),
      ]);
      this.#hasSynced ||= read.every((isRead) => isRead);
      await client.recovery.wait(this.#hasSynced ? INTERVAL : FIRST_INTERVAL, signal);
    }
  }

  /** Whether it went well; what goes wrong is told, and what was known stands. */
  async #attempt(part: Part, look: () => Promise<void>, signal: AbortSignal): Promise<boolean> {
    const { outages } = this.#options;
    try {
      await look();
      outages.end(part);
      return true;
    } catch (error) {
      if (!signal.aborted) outages.begin(part, error);
      return false;
    }
  }

  async #readNamespace(name: string, signal: AbortSignal): Promise<void> {
    const { client, caches } = this.#options;
    const { namespaces } = caches;
    const wire = await unlessGone(client.get(NAMESPACES, { name }, { signal }));
    if (wire === undefined) return namespaces.delete(name, 'watch');
    const { uid = '', resourceVersion = '' } = wire.metadata;
    const value = namespaces.kind.project(wire, () => {});
    namespaces.set({ key: name, uid, resourceVersion }, value, 'watch');
  }

  /** Notes of the kinds that definitions bring which of them are served, and in which versions. */
  async #discover(signal: AbortSignal): Promise<void> {
    const { caches } = this.#options;
    const { definitions } = caches.usage;
    const served = await this.#servedKinds(signal);
    for (const name of this.#optionalKinds()) {
      const versions = served.get(name) ?? [];
      const identity = { key: name, uid: name, resourceVersion: versions.join() };
      if (versions.length === 0) definitions.delete(name, 'watch');
      else definitions.set(identity, { name, versions, service: undefined }, 'watch');
    }
  }

  /** By `plural.group`, the versions in which the API server serves a kind, of the groups that matter here. */
  async #servedKinds(signal: AbortSignal): Promise<Map<string, string[]>> {
    const wanted = new Set(this.#optionalKinds().map((name) => name.slice(name.indexOf('.') + 1)));
    const { groups = [] } = await this.#read<{ groups: ApiGroup[] }>('/apis', signal);
    const served = new Map<string, string[]>();
    for (const { name: group, versions } of groups.filter(({ name }) => wanted.has(name))) {
      for (const { version } of versions) {
        const path = `/apis/${encodeURIComponent(group)}/${encodeURIComponent(version)}`;
        // A group may be gone a moment later, or its own API server away.
        const kinds = await unlessGone(this.#read<{ resources: { name: string }[] }>(path, signal));
        for (const { name: plural } of kinds?.resources ?? []) {
          const name = resourceName({ group, version, plural, namespaced: true });
          served.set(name, [...(served.get(name) ?? []), version]);
        }
      }
    }
    return served;
  }

  /** The kinds with namespaces that not every cluster has, and those that are told because nobody reads them. */
  #optionalKinds(): string[] {
    const optional = everyCache(this.#options.caches)
      .map(({ kind }) => kind)
      .filter(({ followed }) => followed === 'whileDefined' || followed === 'whileServed')
      .filter(({ resource }) => resource.namespaced)
      .map(({ resource }) => resourceName(resource));
    return [...optional, ...UNREAD_DEFINITIONS];
  }

  async #read<T>(path: string, signal: AbortSignal): Promise<Partial<T>> {
    return (await this.#options.client.request({ method: 'GET', path, signal })) as Partial<T>;
  }
}

interface ApiGroup {
  name: string;
  versions: { version: string }[];
}

/** The only namespaces that are watched: those that are named and the operator's own, sorted; undefined where all are. */
export function watchedNamespaces(options: {
  watchNamespaces: readonly string[];
  self: { namespace: string };
}): string[] | undefined {
  const { watchNamespaces, self } = options;
  if (watchNamespaces.length === 0) return undefined;
  // The replicas prove enforcement with each other's pods.
  return [...new Set([...watchNamespaces, self.namespace])].sort();
}
