import { Interner } from './interner.ts';
import { type KubernetesObject, objectKey } from './resource.ts';
import { compareResourceVersions } from './resource-version.ts';
import { misfit, type OnMalformed, type Schema } from './shape.ts';
import { sharingWith } from './shared-parts.ts';
import type { ChangeSource, Identity, Store } from './store.ts';
import type { StorePart } from './store-part.ts';
import type { WatchEvent } from './watch-events.ts';

/** Where objects go, and what is kept of them. */
export interface StoreIntakeOptions<T, Index extends string> {
  store: Store<T, Index> | StorePart<T, Index>;
  /**
   * What is kept of an object; undefined keeps nothing. Must not keep references to the rest. Tells what it leaves out
   * because it is not as the API says, and throws where nothing is of use. Then what was known of the object stands.
   */
  project: (object: KubernetesObject, onMalformed: OnMalformed) => T | undefined;
  /** Called with the key of an object that is not as the API says, empty where it has none, and what of it is wrong. */
  onMalformed: (key: string, wrong: string) => void;
}

/** Puts what lists and watches bring into a store. */
export class StoreIntake<T, Index extends string> {
  readonly #options: StoreIntakeOptions<T, Index>;
  readonly #interner = new Interner();

  constructor(options: StoreIntakeOptions<T, Index>) {
    this.#options = options;
  }

  /** Takes an object of a list; returns its key, or undefined, and tells, where nobody can say which it is. */
  listed(object: KubernetesObject): string | undefined {
    const identity = this.#identify(object);
    if (identity !== undefined) this.#store(identity, object, 'list');
    return identity?.key;
  }

  /** Takes an event about an object. */
  watched({ type, object }: WatchEvent): void {
    const { store } = this.#options;
    const identity = this.#identify(object);
    if (identity === undefined) return;
    const { key, resourceVersion } = identity;
    // A list that failed halfway has left objects that are newer than where the watch stands.
    if (isNotNewer(resourceVersion, store.resourceVersion(key))) return;
    if (type === 'DELETED') store.delete(key, 'watch');
    else this.#store(identity, object, 'watch');
  }

  #identify(object: KubernetesObject): Identity | undefined {
    const wrong = misfit(IDENTITY, object);
    if (wrong === undefined) return identityOf(object);
    this.#options.onMalformed('', wrong);
    return undefined;
  }

  #store(identity: Identity, object: KubernetesObject, source: ChangeSource): void {
    const { store, project, onMalformed } = this.#options;
    const { key, uid } = identity;
    const wrong: string[] = [];
    try {
      const value = store.foretold(identity) ?? project(object, (field) => void wrong.push(field));
      if (value === undefined) store.delete(key, source);
      else store.set(identity, this.#compact(key, value), source);
    } catch (error) {
      wrong.push((error as Error).message);
      // What was known of this object stands, and of another one of its name it does not.
      if (store.uid(key) !== uid) store.delete(key, source);
    }
    if (wrong.length > 0) onMalformed(key, wrong.join(', '));
  }

  /** The same value, in as little memory as what is known already allows. */
  #compact(key: string, value: T): T {
    return sharingWith(this.#interner.intern(value), this.#options.store.model(key, value));
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

/** Whether the resourceVersion is the same as another one of the same resource, or older. */
export function isNotNewer(resourceVersion: string, than: string | undefined): boolean {
  const order = than === undefined ? undefined : compareResourceVersions(resourceVersion, than);
  return order !== undefined && order <= 0;
}
