/**
 * `npm run bench:kyverno -- [--size 1000] [--rounds 1] [--samples 100] [--only kyverno]`: portlock beside Kyverno with one
 * GeneratingPolicy (bench/kyverno/rule.yaml) that does portlock's first rule, at the API server alone, without nodes.
 * Both run as processes of this machine and in turn.
 *
 * - figures: as `npm run bench:scale` measures them; Kyverno's are those of its two processes together
 * - behaviours: what becomes of the policy when something changes; here the API server has the controllers that make
 *   ReplicaSets and pods and collect what has no owner
 */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { clusterDown } from '../e2e/cluster/cluster.ts';
import { runCommandLine } from '../e2e/cluster/command-line.ts';
import { repository } from '../e2e/harness/environment.ts';
import { LIVE, observeReturn, observeRunning, SELECTOR } from './kyverno/behaviours.ts';
import { kyverno } from './kyverno/contestant.ts';
import { startControllers } from './kyverno/controllers.ts';
import { readRule, selectorRule } from './kyverno/rule.ts';
import { behavioursTable, figuresTable, type Observation } from './kyverno/table.ts';
import { startArena } from './scale/arena.ts';
import { portlock } from './scale/contestants.ts';
import { removeAll } from './scale/load.ts';
import { type Measured, measure } from './scale/measure.ts';

const say = (line: string) => process.stderr.write(`${line}\n`);

await runCommandLine(async (args, signal) => {
  const { values } = parseArgs({
    args: [...args],
    options: {
      size: { type: 'string', default: '1000' },
      rounds: { type: 'string', default: '1' },
      samples: { type: 'string', default: '100' },
      only: { type: 'string' },
    },
  });
  const measured: Measured[] = [];
  const observations: Observation[] = [];
  try {
    const arena = await startArena(say, signal);
    const { client, kubeconfig } = arena;
    const { only } = values;
    const contestants = [
      ...(only === 'kyverno' ? [] : [portlock(kubeconfig)]),
      ...(only === 'portlock' ? [] : [await kyverno(arena, signal)]),
    ];
    const terms = { client, size: Number(values.size), samples: Number(values.samples), signal };
    for (let round = 0; round < Number(values.rounds); round++)
      for (const contestant of contestants) {
        measured.push(await measure({ ...terms, contestant }));
        say(JSON.stringify(measured.at(-1)));
      }
    await removeAll(client);
    await startControllers(arena);
    for (const contestant of contestants) {
      observations.push(...(await observeRunning(client, contestant, LIVE, signal)));
      observations.push(...(await observeReturn(client, contestant, signal)));
      say(JSON.stringify(observations));
      await removeAll(client);
    }
    const peer = contestants.find(({ name }) => name === 'kyverno');
    if (peer !== undefined) {
      await arena.kubectl.apply(selectorRule(readRule()));
      observations.push(...(await observeRunning(client, peer, SELECTOR, signal)));
    }
    await client.close();
  } finally {
    await clusterDown();
  }
  process.stdout.write(`${figuresTable(measured)}\n${behavioursTable(observations)}`);
  const results = JSON.stringify({ measured, observations }, null, 2);
  await writeFile(path.join(repository, 'dist/kyverno.json'), results);
});
