import type { Vantage } from './context.ts';
import { ProbeRunner, type ProbeRunnerOptions } from './probe-runner.ts';
import { RoundQueue } from './round-queue.ts';

/**
 * The runners of a replica, by whether it is the first to ask their workloads or the second. Rounds of both wait for their
 * turn together.
 */
export function probeRunners(
  options: Omit<ProbeRunnerOptions, 'rounds' | 'vantage'>,
): Record<Vantage, ProbeRunner> {
  const rounds = new RoundQueue();
  return {
    probe: new ProbeRunner({ ...options, rounds, vantage: 'probe' }),
    secondProbe: new ProbeRunner({ ...options, rounds, vantage: 'secondProbe' }),
  };
}
