import { performance } from 'node:perf_hooks';
import type { KubeClient } from '../../src/kube/client.ts';
import { quantile } from '../statistics.ts';
import type { Contestant } from './contestants.ts';
import { converge, labelOneByOne, PolicyWatch, removeAll } from './load.ts';
import { Running } from './running.ts';

/** What one round of one contestant measured; milliseconds, seconds and bytes. */
export interface Measured extends Partial<Restart> {
  readonly contestant: string;
  readonly size: number;
  readonly policiesPerSecond: number;
  /** Deployments of the burst that never got a policy. */
  readonly missing: number;
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
  /** How often a program ended by itself. */
  readonly restarts: number;
  /** Of those labelled one by one. */
  readonly lost: number;
  readonly resident: number;
  readonly processorSeconds: number;
  readonly longestBlock: number | undefined;
}

/** What a start on converged workloads measured. */
interface Restart {
  readonly restartReady: number;
  readonly restartProcessor: number;
  readonly restartWrites: number | undefined;
}

export interface Round {
  readonly client: KubeClient;
  readonly contestant: Contestant;
  readonly size: number;
  /** How many are labelled one by one. */
  readonly samples: number;
  readonly signal: AbortSignal;
}

const LONGEST_BLOCK = 'nodejs_eventloop_lag_max_seconds';

export async function measure(round: Round): Promise<Measured> {
  const { client, contestant, size, samples, signal } = round;
  await removeAll(client);
  const running = new Running(contestant, signal);
  const watch = new PolicyWatch(client);
  try {
    await running.untilReady();
    await running.untilQuiet();
    await watch.begin();
    await running.metric(LONGEST_BLOCK); // Reading it begins it anew.
    const before = running.processorSeconds;
    const { seconds, missing } = await converge(client, watch, size, signal);
    await running.untilQuiet();
    const processorSeconds = running.processorSeconds - before;
    const longestBlock = await running.metric(LONGEST_BLOCK);
    const times = await labelOneByOne(client, watch, size, samples, signal);
    await running.untilQuiet();
    const { resident, restarts } = running;
    await running.stop();
    return {
      contestant: contestant.name,
      size,
      policiesPerSecond: (size - missing) / seconds,
      missing,
      restarts,
      p50: quantile(times, 0.5),
      p99: quantile(times, 0.99),
      max: quantile(times, 1),
      lost: times.filter((each) => !Number.isFinite(each)).length,
      resident,
      processorSeconds,
      longestBlock,
      ...(contestant.metrics !== undefined && (await restart(contestant, signal))),
    };
  } finally {
    await running.stop();
    await watch.end();
    await contestant.leave?.();
  }
}

/** Starts portlock again on what it has done already. */
async function restart(contestant: Contestant, signal: AbortSignal): Promise<Restart> {
  const startedAt = performance.now();
  const running = new Running(contestant, signal);
  try {
    await running.untilReady();
    const restartReady = (performance.now() - startedAt) / 1000;
    await running.untilQuiet();
    // Leases are put; all else is created, patched or deleted.
    const writes = /method="(POST|PATCH|DELETE)"/;
    return {
      restartReady,
      restartProcessor: running.processorSeconds,
      restartWrites: await running.metric('rest_client_requests_total', writes),
    };
  } finally {
    await running.stop();
  }
}
