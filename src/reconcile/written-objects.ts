import { type CachedView, Overlay } from '../kube/overlay.ts';
import { objectKey } from '../kube/resource.ts';
import type { Store } from '../kube/store.ts';

/** They come back by the watch within seconds. */
const REMEMBERED_WRITES = 1000;

/** Reads of a cache that show our own writes before the watch brings them back. */
export class WrittenObjects<
  T extends { metadata: { name: string; namespace?: string; resourceVersion?: string } },
> {
  readonly #overlay: Overlay<T>;
  /** The resourceVersions of our latest writes, in their order. */
  readonly #versions = new Set<string>();

  constructor(store: CachedView<T> & Pick<Store<T>, 'foretellBy'>) {
    this.#overlay = new Overlay(store);
    store.foretellBy((key, resourceVersion) => this.#overlay.writtenAt(key, resourceVersion));
  }

  get(name: { namespace: string; name: string }): T | undefined {
    return this.#overlay.get(objectKey(name));
  }

  wrote(object: T): void {
    const { metadata } = object;
    const { resourceVersion = '' } = metadata;
    this.#overlay.written(objectKey(metadata), object, resourceVersion);
    this.#versions.add(resourceVersion);
    const [oldest] = this.#versions;
    if (this.#versions.size > REMEMBERED_WRITES && oldest !== undefined)
      this.#versions.delete(oldest);
  }

  /** Whether an object is as we wrote it: what follows from that was decided with the write. */
  isOwn({ metadata: { resourceVersion } }: T): boolean {
    return resourceVersion !== undefined && this.#versions.has(resourceVersion);
  }

  deleted(name: { namespace: string; name: string }): void {
    this.#overlay.deleted(objectKey(name));
  }
}
