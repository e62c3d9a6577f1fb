import { ApiError, ApiUnreachableError } from '../kube/errors.ts';
import { LeaseTooLongError } from '../kube/lease.ts';
import { WentBackError } from '../kube/relist.ts';
import { type Resource, resourceName } from '../kube/resource.ts';
import { REPORTS } from '../kube/resources.ts';
import { describeError, type Log } from '../telemetry/log.ts';

/** What may be in trouble: the reading of a resource or, with its name, the keeping of one object. */
export interface Part {
  resource: Resource;
  name?: string;
}

/**
 * What keeps the operator from its work at the moment and may pass. Each outage is logged once when
 * it begins, with what mends it, and once when it is over, however many parts it hits.
 */
export class Outages {
  readonly #log: Log;
  readonly #rights: string;
  readonly #parts = new Map<string, string>();

  /** @param rights the folder whose objects grant what the operator needs */
  constructor(log: Log, rights = 'config/rbac') {
    this.#log = log;
    this.#rights = rights;
  }

  /** The parts that are in trouble, and why. */
  get current(): ReadonlyMap<string, string> {
    return this.#parts;
  }

  begin(part: Part, error: unknown): void {
    const what = whatAndHow(part.resource, error, this.#rights);
    const isNew = ![...this.#parts.values()].includes(what);
    this.#parts.set(partKey(part), what);
    if (isNew) this.#log.warn(what, { error: describeError(error) });
  }

  end(part: Part): void {
    const key = partKey(part);
    const what = this.#parts.get(key);
    if (what === undefined) return;
    this.#parts.delete(key);
    if (![...this.#parts.values()].includes(what)) this.#log.info('Recovered', { from: what });
  }
}

/** Resources of several groups have the same plural, and of one resource several objects may be kept. */
function partKey({ resource, name }: Part): string {
  return name === undefined ? resourceName(resource) : `${resourceName(resource)}/${name}`;
}

/** The outage, and what mends it, in a line. */
function whatAndHow(resource: Resource, error: unknown, rights: string): string {
  const part = resourceName(resource);
  if (error instanceof ApiUnreachableError)
    return `The API server gave no answer (${error.reason}); portlock goes on trying`;
  if (error instanceof LeaseTooLongError) return error.message;
  if (error instanceof WentBackError)
    return 'The API server went back to an older state, as after a restore of etcd; everything is read again';
  if (!(error instanceof ApiError)) return `Cannot follow ${part}; portlock goes on trying`;
  if (error.status === 403 || error.status === 401)
    return `Not allowed to use ${part}; grant it with: kubectl apply -k ${rights}`;
  if (error.status === 404 && part === resourceName(REPORTS))
    return 'The PortExposureReport definition is not installed: policies are kept, reports are not; install it with: kubectl apply -k crds';
  return `The API server does not answer for ${part} (${error.reason}); portlock goes on trying`;
}
