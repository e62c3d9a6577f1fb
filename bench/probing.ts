/**
 * `npm run bench:probing -- [--workloads 10000] [--pods 3] [--replicas 10] [--nodes 300] [--hours 3]`: how old rounds get. Time is simulated; what
 * is shared out among replicas, when a round is due, which pods it asks, and whose connection is started next is the operator's own code.
 * Every pod is locked, so that all but one port is silent. One replica is simulated, that with the most workloads.
 */
import { parseArgs } from 'node:util';
import { shareToAsk } from '../src/domain/probing/sample.ts';
import { SECOND_INTERVALS, secondTiming } from '../src/domain/probing/timing.ts';
import { vantages } from '../src/domain/rendezvous.ts';
import { ratesOf } from '../src/probe/shared-rates.ts';
import { RoundQueue } from '../src/reconcile/round-queue.ts';
import { SimulatedEngine } from './probing/simulated-engine.ts';
import { SimulatedWorkload } from './probing/simulated-workload.ts';
import { hundredths, quantile } from './statistics.ts';

const { values } = parseArgs({
  options: {
    workloads: { type: 'string', default: '10000' },
    pods: { type: 'string', default: '3' },
    replicas: { type: 'string', default: '10' },
    nodes: { type: 'string', default: '300' },
    hours: { type: 'string', default: '3' },
    rate: { type: 'string', default: '300' },
    all: { type: 'boolean', default: false },
  },
});
const replicas = Number(values.replicas);
const rate = Number(values.rate);
const HOUR = 3_600_000;
const TIMING = { settle: 60_000, interval: HOUR, jitter: 0.1, brake: 60_000, preflight: 0 };
const STEP = 50;

const members = Array.from({ length: replicas }, (_, at) => ({
  name: `portlock-${at}`,
  node: `node-${at}`,
}));
const first = new Map<string, number[]>(members.map(({ name }) => [name, []]));
const second = new Map<string, number[]>(members.map(({ name }) => [name, []]));
for (let index = 0; index < Number(values.workloads); index++) {
  const turn = vantages(`Deployment/team-${index % 100}/workload-${index}`, members);
  if (turn.first) first.get(turn.first)?.push(index);
  if (turn.second) second.get(turn.second)?.push(index);
}
const [busiest = ''] = members
  .map(({ name }) => name)
  .sort((a, b) => (first.get(b)?.length ?? 0) - (first.get(a)?.length ?? 0));

const place = { podsEach: Number(values.pods), nodes: Number(values.nodes) };
const workloads = [
  ...(first.get(busiest) ?? []).map(
    (index) => new SimulatedWorkload({ ...place, index, vantage: 'first', timing: TIMING }),
  ),
  ...(second.get(busiest) ?? []).map(
    (index) =>
      new SimulatedWorkload({ ...place, index, vantage: 'second', timing: secondTiming(TIMING) }),
  ),
];
const count = (of: Map<string, number[]>) => (of.get(busiest)?.length ?? 0) * place.podsEach;
const pods = count(first) + count(second) / SECOND_INTERVALS;
const rates = ratesOf({ own: rate, ofAll: 0, toNode: rate }, replicas);
const share = values.all
  ? 1
  : shareToAsk({ pods, rate: rates.connectionsPerSecond, interval: HOUR });
const engine = new SimulatedEngine(rates);
const queue = new RoundQueue();

const until = Number(values.hours) * HOUR;
const ages: number[] = [];
for (let now = 0; now < until; now += STEP) {
  if (now % 1000 === 0) for (const workload of workloads) workload.look(now, share, engine, queue);
  // Whoever waits for a promise goes on before the next step.
  await new Promise((resolve) => setImmediate(resolve));
  engine.step(now);
  // The first interval is a start from nothing: all rounds are due at once.
  if (now % 60_000 === 0 && now > 0)
    ages.push(Math.max(...workloads.map((workload) => workload.late(now))));
}
const between = workloads.flatMap((workload) => workload.between).sort((a, b) => a - b);
const firstRounds = workloads.map((workload) => workload.firstAt).sort((a, b) => a - b);
process.stdout.write(
  `${JSON.stringify(
    {
      workloads: first.get(busiest)?.length,
      second: second.get(busiest)?.length,
      share: hundredths(share),
      minutes: {
        firstRound: { p50: minutes(quantile(firstRounds, 0.5)), last: minutes(firstRounds.at(-1)) },
        betweenRounds: { p50: minutes(quantile(between, 0.5)), longest: minutes(between.at(-1)) },
        oldest: minutes(Math.max(...ages)),
      },
      rounds: between.length,
      connections: engine.started,
    },
    null,
    2,
  )}\n`,
);

function minutes(milliseconds = Number.NaN): number {
  return hundredths(milliseconds / 60_000);
}
