import type { Outcome, Reading } from '../domain/probing/reading.ts';
import type { ProbeJob } from '../probe/job.ts';
import { type ProbeOptions, Prober } from '../probe/prober.ts';
import { NO_COUNTS } from './seen-network.ts';

/** What a connection to a port shows, and how far the job is meanwhile; a promise is waited for. */
export type Sight = (
  job: ProbeJob,
  onProgress: NonNullable<ProbeOptions['onProgress']>,
) => SeenPorts | Promise<SeenPorts>;

export interface SeenPorts {
  open?: readonly number[];
  refused?: readonly number[];
  /** Of all other ports; `filtered` where not given. */
  otherwise?: Outcome;
}

/**
 * A prober that connects to nothing and sees what a test says: no loopback interface drops packets, or answers
 * only when it is told to.
 */
export class ScriptedProber extends Prober {
  readonly jobs: ProbeJob[] = [];
  /** Among how many the rates were shared out, each time. */
  readonly shares: number[] = [];
  sight: Sight;
  readonly #now: () => number;

  /** @param now milliseconds since the epoch, for the times of readings */
  constructor(sight: Sight = () => ({}), now: () => number = Date.now) {
    super({ connectionsPerSecond: 1, maximumInFlight: 1, timeoutMilliseconds: 1000 });
    this.sight = sight;
    this.#now = now;
  }

  override async probe(
    job: ProbeJob,
    signal: AbortSignal,
    { onProgress = () => {} }: ProbeOptions = {},
  ): Promise<Reading> {
    signal.throwIfAborted();
    this.jobs.push(job);
    const startedAt = this.#now();
    const { promise: aborted, reject } = Promise.withResolvers<never>();
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    const seen = await Promise.race([this.sight(job, onProgress), aborted]);
    return { ip: job.ip, startedAt, endedAt: this.#now(), complete: true, ...read(job, seen) };
  }

  override shareRates(probers: number): void {
    this.shares.push(probers);
  }
}

function read({ ports }: ProbeJob, seen: SeenPorts): Pick<Reading, 'ports' | 'counts'> {
  const { open = [], refused = [], otherwise = 'filtered' } = seen;
  const outcomeOf = (port: number): Outcome => {
    if (open.includes(port)) return 'open';
    return refused.includes(port) ? 'refused' : otherwise;
  };
  const counts: Record<Outcome, number> = { ...NO_COUNTS };
  if (ports === 'all') {
    counts.open = open.length;
    counts.refused = refused.length;
    counts[otherwise] += 65_535 - open.length - refused.length;
    return { ports: new Map(open.map((port) => [port, 'open'])), counts };
  }
  const outcomes = new Map(ports.map((port) => [port, outcomeOf(port)]));
  for (const outcome of outcomes.values()) counts[outcome] += 1;
  return { ports: outcomes, counts };
}
