/** Settings of the operator that decisions depend on, in milliseconds. */
export interface Timing {
  /** How old a pod or policy must be before bad news about it counts. */
  settle: number;
  /** How long a conclusive probe stays fresh. */
  interval: number;
  /** A share of the interval from 0 to 1, by up to which rounds come earlier, so that they spread. */
  jitter: number;
  /** How long readiness is watched after a policy was first applied; 0 for not at all. */
  brake: number;
}
