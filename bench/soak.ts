/**
 * `npm run soak -- [--minutes 20] [--seed 1]`: the operator for long, at a scripted API server behind a proxy that ends watches (case 4),
 * puts calls off with 429 (case 9), and kills the operator at a write, before it, after it, or when it is answered (case 19), at random. A
 * Deployment changes every second. Fails where a change is not followed within three minutes, or where what an operator holds grows.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { run } from '../e2e/cluster/command.ts';
import { runCommandLine } from '../e2e/cluster/command-line.ts';
import { repository } from '../e2e/harness/environment.ts';
import { seeded } from '../src/testing/seeded.ts';
import { until } from '../src/testing/until.ts';
import type { Life } from './soak/life.ts';
import { SoakScene } from './soak/scene.ts';
import { median, quantile } from './statistics.ts';

const WORKLOADS = 50;
/** Milliseconds within which a change is followed, or is missed: the operator may have been killed at it, and has to start anew. */
const MISSED = 180_000;
/** Seconds between two kills, on average. */
const KILLS = 150;

await runCommandLine(async (args, signal) => {
  const { values } = parseArgs({
    args: [...args],
    options: {
      minutes: { type: 'string', default: '20' },
      seed: { type: 'string', default: '1' },
    },
  });
  await run(['npm', 'run', '--silent', 'build'], { directory: repository, signal });
  const random = seeded(Number(values.seed));
  const scene = await SoakScene.start(random, WORKLOADS);
  const lives: Life[] = [];
  const times: number[] = [];
  let missed = 0;
  try {
    let life = await scene.begin();
    setInterval(() => life.sample(scene.process), 1_000).unref();
    const stopAt = performance.now() + Number(values.minutes) * 60_000;
    for (let change = 0; performance.now() < stopAt && !signal.aborted; change++) {
      const changedAt = performance.now();
      const isFollowed = scene.change(change);
      if (random() < 0.5) scene.proxy.endWatches();
      if (random() < 1 / KILLS) scene.killAtNextWrite();
      const isFollowedAtLast = async () => {
        if (scene.hasEnded) {
          lives.push(life);
          life = await scene.begin();
        }
        return isFollowed();
      };
      await until(`change ${change} is followed`, isFollowedAtLast, MISSED).catch(() => missed++);
      times.push(performance.now() - changedAt);
      await sleep(1_000 - Math.min(1_000, performance.now() - changedAt));
    }
    lives.push(life);
  } finally {
    await scene.close();
  }
  times.sort((a, b) => a - b);
  const followed = { p50: median(times), p99: quantile(times, 0.99), longest: times.at(-1) };
  const told = lives.flatMap((life) => life.told ?? []);
  process.stdout.write(
    `${JSON.stringify({ changes: times.length, missed, followed, kills: lives.length - 1, lives: told }, null, 2)}\n`,
  );
  if (missed > 0 || told.length === 0 || told.some(({ grows }) => grows)) process.exitCode = 1;
});
