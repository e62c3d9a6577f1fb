import { type Resource, resourceName } from '../kube/resource.ts';
import type { Log } from '../telemetry/log.ts';
import type { Metrics } from '../telemetry/metrics.ts';

/** So many objects are remembered; the oldest are forgotten, and may be named again. */
const CAPACITY = 1_000;

/** Objects that are not as the API says: each reading of one is counted, and each is named in the log once. */
export class MalformedObjects {
  readonly #log: Log;
  readonly #metrics: Pick<Metrics, 'malformedObjects'>;
  /** By resource and key. */
  readonly #named = new Set<string>();

  constructor(log: Log, metrics: Pick<Metrics, 'malformedObjects'>) {
    this.#log = log;
    this.#metrics = metrics;
  }

  /** @param key `namespace/name`, or empty where the object has none */
  tell(resource: Resource, key: string, wrong: string): void {
    const name = resourceName(resource);
    this.#metrics.malformedObjects.inc({ resource: name });
    const object = `${name} ${key}`;
    if (this.#named.has(object)) return;
    this.#named.add(object);
    const [oldest] = this.#named;
    if (this.#named.size > CAPACITY && oldest !== undefined) this.#named.delete(oldest);
    this.#log.warn('An object is not as the API says; that part of it is not used', {
      resource: name,
      object: key,
      wrong,
    });
  }
}
