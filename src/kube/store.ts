import { KeySets } from '../domain/match/key-sets.ts';
import { compareResourceVersions } from './resource-version.ts';

/** What a Store knows of an object besides the projection of it. */
export interface Identity {
  /** `namespace/name`, or `name` where the resource has no namespaces. */
  key: string;
  uid: string;
  resourceVersion: string;
}

/**
 * How a change became known. A watch tells it as it happens. A list finds what is there at
 * the start and what a watch has missed.
 */
export type ChangeSource = 'list' | 'watch';

export type Change<T> = { key: string; source: ChangeSource } & (
  | { type: 'added'; previous?: undefined; current: T }
  | { type: 'updated'; previous: T; current: T }
  | { type: 'deleted'; previous: T; current?: undefined }
);

export type ChangeListener<T> = (change: Change<T>) => void;

export interface StoreOptions<T, Index extends string> {
  /** For every index, the values under which an object is found. */
  indices?: Readonly<Record<Index, (value: T) => readonly string[]>>;
  /** The index that has objects which are much the same under one value, as the pods of an owner. */
  alike?: NoInfer<Index>;
  /** Called with what a listener throws: a mistake in our own code, which stops nothing else. */
  onDefect: (error: unknown) => void;
}

interface Entry<T> {
  value: T;
  uid: string;
  resourceVersion: string;
}

/** An index: its name, under which values it has an object, and the keys of those that it has. */
type IndexEntry<T, Index> = [Index, (value: T) => readonly string[], KeySets];

/**
 * The objects of one resource as the reflector last saw them, by key and by index. Listeners are
 * called after the store has changed, one change at a time.
 */
export class Store<T, Index extends string = never> {
  readonly #entries = new Map<string, Entry<T>>();
  readonly #indices: IndexEntry<T, Index>[];
  readonly #listeners = new Set<ChangeListener<T>>();
  readonly #alike: IndexEntry<T, Index> | undefined;
  readonly #onDefect: (error: unknown) => void;
  #foretold: (key: string, resourceVersion: string) => T | undefined = () => undefined;
  /** By namespace; under the empty name where one reflector reads all of them. */
  readonly #observed = new Map<string, string>();

  constructor(options: StoreOptions<T, Index>) {
    const functions = Object.entries(options.indices ?? {}) as [Index, (value: T) => string[]][];
    this.#indices = functions.map(([name, valuesOf]) => [name, valuesOf, new KeySets()]);
    this.#alike = this.#indices.find(([name]) => name === options.alike);
    this.#onDefect = options.onDefect;
  }

  get(key: string): T | undefined {
    return this.#entries.get(key)?.value;
  }

  /** The resourceVersion at which the object was last seen; undefined where there is none. */
  resourceVersion(key: string): string | undefined {
    return this.#entries.get(key)?.resourceVersion;
  }

  /** The uid of the object as it was last seen; undefined where there is none. */
  uid(key: string): string | undefined {
    return this.#entries.get(key)?.uid;
  }

  keys(): MapIterator<string> {
    return this.#entries.keys();
  }

  list(): T[] {
    return Array.from(this.#entries.values(), (entry) => entry.value);
  }

  /** The objects that the index has under `value`, in no particular order. */
  byIndex(index: Index, value: string): T[] {
    const values: T[] = [];
    for (const key of this.#index(index)?.of(value) ?? []) {
      const entry = this.#entries.get(key);
      if (entry !== undefined) values.push(entry.value);
    }
    return values;
  }

  /** How many objects the index has under `value`. */
  countByIndex(index: Index, value: string): number {
    return this.#index(index)?.count(value) ?? 0;
  }

  /** What is known of the object itself or, where it is new, of one that is much the same. */
  model(key: string, value: T): T | undefined {
    const known = this.get(key);
    if (known !== undefined || this.#alike === undefined) return known;
    const [, valuesOf, keys] = this.#alike;
    const [under] = valuesOf(value);
    if (under === undefined) return undefined;
    for (const other of keys.of(under)) return this.get(other);
    return undefined;
  }

  /** Asks `foretold` what an object is at a version, as after a write of ours, before it is projected again. */
  foretellBy(foretold: (key: string, resourceVersion: string) => T | undefined): void {
    this.#foretold = foretold;
  }

  /** What is known beforehand of an object that comes at that version. */
  foretold({ key, resourceVersion }: Identity): T | undefined {
    return this.#foretold(key, resourceVersion);
  }

  /** Whether everything up to that resourceVersion has been seen, where the object of that key lives. */
  hasObserved(resourceVersion: string, key = ''): boolean {
    const [namespace = ''] = key.split('/');
    const observed = this.#observed.get(namespace) ?? this.#observed.get('');
    if (observed === undefined) return false;
    const order = compareResourceVersions(observed, resourceVersion);
    return order !== undefined && order >= 0;
  }

  /** Calls `listener` for every change from now on, until the returned function is called. */
  addListener(listener: ChangeListener<T>): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** For the reflector: adds or updates an object. The same uid and resourceVersion is no change. */
  set(identity: Identity, value: T, source: ChangeSource): void {
    const { key, uid, resourceVersion } = identity;
    const entry = this.#entries.get(key);
    if (entry !== undefined && entry.uid !== uid) this.delete(key, source);
    else if (entry?.resourceVersion === resourceVersion) return;
    const previous = this.#entries.get(key)?.value;
    this.#entries.set(key, { value, uid, resourceVersion });
    this.#reindex(key, previous, value);
    this.#notify(
      previous === undefined
        ? { type: 'added', key, source, current: value }
        : { type: 'updated', key, source, previous, current: value },
    );
  }

  /** For the reflector: removes an object. */
  delete(key: string, source: ChangeSource): void {
    const previous = this.#entries.get(key)?.value;
    if (previous === undefined) return;
    this.#entries.delete(key);
    this.#reindex(key, previous, undefined);
    this.#notify({ type: 'deleted', key, source, previous });
  }

  /** For the reflector: everything up to `resourceVersion` is in the store, of one namespace or of all. */
  observe(resourceVersion: string, namespace = ''): void {
    this.#observed.set(namespace, resourceVersion);
  }

  #index(index: Index): KeySets | undefined {
    return this.#indices.find(([name]) => name === index)?.[2];
  }

  #reindex(key: string, previous: T | undefined, current: T | undefined): void {
    for (const [, valuesOf, keys] of this.#indices) {
      const before = previous === undefined ? [] : valuesOf(previous);
      const after = current === undefined ? [] : valuesOf(current);
      for (const value of before) if (!after.includes(value)) keys.remove(value, key);
      for (const value of after) if (!before.includes(value)) keys.add(value, key);
    }
  }

  #notify(change: Change<T>): void {
    for (const listener of this.#listeners) {
      try {
        listener(change);
      } catch (error) {
        this.#onDefect(error);
      }
    }
  }
}
