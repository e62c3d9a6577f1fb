export type ProbeErrorReason = 'InvalidJob' | 'WorkerDied' | 'Closed';

/**
 * Why a probe has no reading at all. What the network did is never an error but an outcome.
 * - `InvalidJob`: the job or an option makes no sense (no IP literal, a port out of range);
 * - `WorkerDied`: the probe worker ended under its jobs; the next job gets a new one;
 * - `Closed`: the prober was closed.
 */
export class ProbeError extends Error {
  override readonly name = 'ProbeError';
  readonly reason: ProbeErrorReason;

  constructor(reason: ProbeErrorReason, message: string, options?: ErrorOptions) {
    super(message, options);
    this.reason = reason;
  }
}
