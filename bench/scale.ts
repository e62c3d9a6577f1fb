/**
 * `npm run bench:scale -- [--sizes 1000,10000] [--rounds 3] [--samples 200] [--only portlock]`: portlock
 * beside a controller in Go that does its first rule alone, at the API server alone, without nodes. Both run
 * as processes of this machine and in turn, so that what else it does meets both.
 *
 * - label to policy: from the request that sets the label to the policy's event on a watch
 * - policies/s: labelled Deployments created by 16 clients, until the last policy is there
 * - resident, processor time: of the process, once it is quiet after that
 * - restart: of portlock alone, with everything converged
 */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { clusterDown } from '../e2e/cluster/cluster.ts';
import { runCommandLine } from '../e2e/cluster/command-line.ts';
import { repository } from '../e2e/harness/environment.ts';
import { startArena } from './scale/arena.ts';
import { goPeer, portlock } from './scale/contestants.ts';
import { NAMESPACES } from './scale/load.ts';
import { type Measured, measure } from './scale/measure.ts';
import { median } from './statistics.ts';

const say = (line: string) => process.stderr.write(`${line}\n`);

await runCommandLine(async (args, signal) => {
  const { values } = parseArgs({
    args: [...args],
    options: {
      sizes: { type: 'string', default: '1000,10000' },
      rounds: { type: 'string', default: '3' },
      samples: { type: 'string', default: '200' },
      only: { type: 'string' },
    },
  });
  const measured: Measured[] = [];
  try {
    const { client, kubeconfig } = await startArena(say, signal);
    const all = [await goPeer(kubeconfig, signal), portlock(kubeconfig)];
    const samples = Number(values.samples);
    for (const size of values.sizes.split(',').map(Number))
      for (let round = 0; round < Number(values.rounds); round++)
        for (const contestant of all) {
          if (values.only !== undefined && contestant.name !== values.only) continue;
          const result = await measure({ client, contestant, size, samples, signal });
          say(JSON.stringify(result));
          measured.push(result);
        }
    await client.close();
  } finally {
    await clusterDown();
  }
  print(measured);
  await writeFile(path.join(repository, 'dist/scale.json'), JSON.stringify(measured, null, 2));
});

/** Medians of the rounds, and portlock's as a share of the peer's. */
function print(measured: readonly Measured[]): void {
  for (const size of new Set(measured.map((each) => each.size))) {
    const of = (contestant: string, key: keyof Measured) =>
      median(
        measured
          .filter((each) => each.size === size && each.contestant === contestant)
          .map((each) => Number(each[key])),
      );
    const keys = [
      'p50',
      'p99',
      'max',
      'lost',
      'policiesPerSecond',
      'missing',
      'restarts',
      'resident',
      'processorSeconds',
      'longestBlock',
      'restartReady',
      'restartProcessor',
      'restartWrites',
    ] as const;
    console.log(`${size} Deployments in ${NAMESPACES.length} namespaces, medians`);
    console.table(
      Object.fromEntries(
        keys.map((key) => {
          const [go, portlock] = [of('go', key), of('portlock', key)];
          const ratio = portlock / go;
          return [key, { go: rounded(go), portlock: rounded(portlock), ratio: rounded(ratio) }];
        }),
      ),
    );
  }
}

function rounded(value: number): number {
  return Number(value.toPrecision(3));
}
