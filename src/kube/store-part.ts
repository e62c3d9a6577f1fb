import type { ChangeListener, ChangeSource, Identity, Store } from './store.ts';

/**
 * The objects of one namespace in a store: what a reflector of that namespace alone fills. Where several reflectors
 * fill a store, none may take away what another one has brought.
 */
export class StorePart<T, Index extends string = never> {
  readonly #store: Store<T, Index>;
  readonly #namespace: string;

  constructor(store: Store<T, Index>, namespace: string) {
    this.#store = store;
    this.#namespace = namespace;
  }

  keys(): IteratorObject<string> {
    return this.#store.keys().filter((key) => this.#has(key));
  }

  uid(key: string): string | undefined {
    return this.#store.uid(key);
  }

  resourceVersion(key: string): string | undefined {
    return this.#store.resourceVersion(key);
  }

  model(key: string, value: T): T | undefined {
    return this.#store.model(key, value);
  }

  foretold(identity: Identity): T | undefined {
    return this.#store.foretold(identity);
  }

  set(identity: Identity, value: T, source: ChangeSource): void {
    this.#store.set(identity, value, source);
  }

  delete(key: string, source: ChangeSource): void {
    this.#store.delete(key, source);
  }

  observe(resourceVersion: string): void {
    this.#store.observe(resourceVersion, this.#namespace);
  }

  /** As of a store; of changes in the namespace alone. */
  addListener(listener: ChangeListener<T>): () => void {
    return this.#store.addListener((change) => {
      if (this.#has(change.key)) listener(change);
    });
  }

  #has(key: string): boolean {
    return key.startsWith(`${this.#namespace}/`);
  }
}
