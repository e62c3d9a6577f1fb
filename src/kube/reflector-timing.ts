/** All in milliseconds; ranges are drawn from anew each time, so that replicas spread out. */
export interface ReflectorTiming {
  backoffMinimum: number;
  backoffMaximum: number;
  /** After this long without a failure the back-off starts anew. */
  backoffReset: number;
  /** How long the server is asked to keep a watch open. */
  watch: readonly [from: number, to: number];
  /** A watch without a word for this long is dropped; bookmarks come about once a minute. */
  inactivity: number;
  /** The age at which everything is listed again, in case an event was lost after all. */
  relist: readonly [from: number, to: number];
  /** How often a resource is looked for that the server does not know (its CRD is not installed). */
  notServed: number;
  /** A watch that stays open this long counts as working. */
  healthy: number;
}

export const REFLECTOR_TIMING: Readonly<ReflectorTiming> = {
  backoffMinimum: 800,
  backoffMaximum: 30_000,
  backoffReset: 120_000,
  watch: [300_000, 600_000],
  inactivity: 90_000,
  relist: relistRange(60 * 60_000),
  notServed: 5_000,
  healthy: 1_000,
};

/** The range of a relist that comes after `interval` at the latest; in milliseconds. */
export function relistRange(interval: number): ReflectorTiming['relist'] {
  return [interval * 0.8, interval];
}

/** A time drawn from the range. */
export function within([from, to]: readonly [number, number]): number {
  return from + Math.random() * (to - from);
}
