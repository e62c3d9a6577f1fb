import { type Evidence, emptyEvidence } from '../../src/domain/probing/evidence.ts';
import { type PlannedRound, planProbe } from '../../src/domain/probing/probe-plan.ts';
import type { Outcome } from '../../src/domain/probing/reading.ts';
import { withRound } from '../../src/domain/probing/round.ts';
import type { Timing } from '../../src/domain/probing/timing.ts';
import type { Pod } from '../../src/domain/workload/workload.ts';
import type { RoundQueue } from '../../src/reconcile/round-queue.ts';
import type { WorkloadKey } from '../../src/reconcile/workload-key.ts';
import { calibration, pod } from '../../src/testing/builders.ts';
import type { SimulatedEngine } from './simulated-engine.ts';

const DECLARED: ReadonlySet<number> = new Set([8080]);
/** The simulation begins so long after 1970: a time of 0 means that there is none. */
const EPOCH = 10_000_000;

export interface Place {
  index: number;
  podsEach: number;
  nodes: number;
  vantage: 'first' | 'second';
  timing: Timing;
}

/** One workload as a replica sees it, from one of its two vantages. */
export class SimulatedWorkload {
  /** Milliseconds between the ends of rounds, of those that come as an interval is over. */
  readonly between: number[] = [];
  firstAt = Number.POSITIVE_INFINITY;
  readonly #index: number;
  readonly #vantage: Place['vantage'];
  readonly #timing: Timing;
  readonly #pods: readonly Pod[];
  #evidence: Evidence = emptyEvidence('now', EPOCH - 3_600_000, { settled: new Map(), seen: [] });
  #isRunning = false;
  #lookAt = 0;

  constructor({ index, podsEach, nodes, vantage, timing }: Place) {
    this.#index = index;
    this.#vantage = vantage;
    this.#timing = timing;
    this.#pods = Array.from({ length: podsEach }, (_, at) => {
      const number = index * podsEach + at;
      const uid = `${index}-${at}`;
      return pod({
        uid,
        name: uid,
        ips: [`10.0.0.${at + 1}`],
        node: `node-${number % nodes}`,
        readySince: 0,
      });
    });
  }

  /** How long ago the last round ended beyond the interval, or since the start where there was none. */
  late(now: number): number {
    const { lastRound } = this.#evidence;
    return this.#vantage === 'first' ? now - (lastRound ? lastRound.endedAt - EPOCH : 0) : 0;
  }

  /** Begins a round if one is due. @param now in ms */
  look(now: number, share: number, engine: SimulatedEngine, queue: RoundQueue): void {
    if (this.#isRunning || now < this.#lookAt) return;
    const { round, nextAt, conclusive } = planProbe({
      now: EPOCH + now,
      timing: { ...this.#timing, share },
      pods: this.#pods,
      proberNode: 'elsewhere',
      declared: DECLARED,
      referred: [],
      evidence: this.#evidence,
      calibration: calibration('Dropped'),
      enforced: true,
      sweeping: false,
    });
    this.#lookAt = (nextAt ?? EPOCH) - EPOCH;
    if (!round) return;
    this.#isRunning = true;
    const ofFirst = this.#evidence.lastRound && conclusive ? 'again' : 'first';
    const rank = this.#vantage === 'second' ? 'second' : ofFirst;
    const key: WorkloadKey = `Deployment/team-${this.#index % 100}/workload-${this.#index}`;
    const signal = new AbortController().signal;
    void queue.run({ key, rank }, signal, () => this.#ask(round, engine));
  }

  async #ask(round: PlannedRound, engine: SimulatedEngine): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<number>();
    const { pods, ports } = round;
    let left = pods.length;
    for (const {
      node,
      ips: [ip = ''],
    } of pods)
      engine.probe({ ip, node, ports, expected: [...DECLARED], priority: 'check' }, (now) => {
        left -= 1;
        if (left === 0) resolve(now);
      });
    this.#end(round, EPOCH + (await promise));
  }

  #end({ pods, podsFingerprint, ports, decoys }: PlannedRound, endedAt: number): void {
    this.#isRunning = false;
    this.#lookAt = 0;
    const { lastRound } = this.#evidence;
    if (lastRound) this.between.push(endedAt - lastRound.endedAt);
    else this.firstAt = endedAt - EPOCH;
    const seen = ports.map((port): [number, Outcome] => [
      port,
      DECLARED.has(port) ? 'open' : 'filtered',
    ]);
    const counts = { open: 1, refused: 0, filtered: ports.length - 1, unreachable: 0, error: 0 };
    const told = { startedAt: endedAt, endedAt, complete: true, counts, ports: new Map(seen) };
    const readings = pods.map(({ uid, name, node, ips: [ip = ''] }) => ({
      pod: { uid, name, node },
      young: false,
      reading: { ip, ...told },
    }));
    const round = {
      policies: 'now',
      pods: podsFingerprint,
      referred: [],
      decoys,
      readings,
      endedAt,
    };
    this.#evidence = withRound(this.#evidence, round, DECLARED, this.#timing.settle);
  }
}
