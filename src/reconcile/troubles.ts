import { ApiError, ApiUnreachableError } from '../kube/errors.ts';
import { describeError, type Log } from '../telemetry/log.ts';

/**
 * What keeps the operator from its work at the moment and may pass. Each trouble is logged once when
 * it begins, with what mends it, and once when it is over, however many parts it hits.
 */
export class Troubles {
  readonly #log: Log;
  readonly #parts = new Map<string, string>();

  constructor(log: Log) {
    this.#log = log;
  }

  /** The parts that are in trouble, and why. */
  get current(): ReadonlyMap<string, string> {
    return this.#parts;
  }

  begin(part: string, error: unknown): void {
    const what = whatAndHow(part, error);
    const isNew = ![...this.#parts.values()].includes(what);
    this.#parts.set(part, what);
    if (isNew) this.#log.warn(what, { error: describeError(error) });
  }

  end(part: string): void {
    const what = this.#parts.get(part);
    if (what === undefined) return;
    this.#parts.delete(part);
    if (![...this.#parts.values()].includes(what)) this.#log.info('Recovered', { from: what });
  }
}

/** The trouble, and what mends it, in a line. */
function whatAndHow(part: string, error: unknown): string {
  if (error instanceof ApiUnreachableError)
    return `The API server gave no answer (${error.reason}); portlock goes on trying`;
  if (!(error instanceof ApiError)) return `Cannot follow ${part}; portlock goes on trying`;
  if (error.status === 403 || error.status === 401)
    return `Not allowed to use ${part}; grant it with: kubectl apply -k config/rbac`;
  if (error.status === 404 && part === 'portexposurereports')
    return 'The PortExposureReport definition is not installed: policies are kept, reports are not; install it with: kubectl apply -k crds';
  return `The API server does not answer for ${part} (${error.reason}); portlock goes on trying`;
}
