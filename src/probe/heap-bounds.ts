import type { ResourceLimits } from 'node:worker_threads';

/**
 * Bounds of the worker's heap, in MiB. A waiting socket outlives any young generation, so a small one
 * costs no time (measured: 6 to 32 MiB are equally fast) and spares 15 MiB. In the old one a net.Socket
 * takes 1.5 KiB, a bare handle less (see handle-connection.ts); the bound turns a leak into a dead
 * worker instead of a killed process.
 */
export function heapBounds(maximumInFlight: number): ResourceLimits {
  return {
    maxYoungGenerationSizeMb: 8,
    maxOldGenerationSizeMb: 64 + Math.ceil(maximumInFlight / 256),
  };
}
