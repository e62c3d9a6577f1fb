import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { run } from '../cluster/command.ts';
import { argocdProgram, HEALTH_CHECK } from './argocd/start-argocd.ts';
import { isWanted } from './wanted.ts';

/** In the form of Argo CD's own tests of such checks. */
interface HealthTest {
  readonly inputPath: string;
  readonly healthStatus: { readonly status: string; readonly message: string };
}

const folder = path.dirname(HEALTH_CHECK);
const { tests }: { tests: HealthTest[] } = parse(
  readFileSync(path.join(folder, 'health_test.yaml'), 'utf8'),
);

test.runIf(isWanted('argocd')).each(tests)(
  'Argo CD calls $inputPath $healthStatus.status',
  async (each) => {
    const program = await argocdProgram(AbortSignal.timeout(60_000));
    const input = JSON.stringify(parse(await readFile(path.join(folder, each.inputPath), 'utf8')));
    const answer = await run([program, 'health', HEALTH_CHECK], { input });
    expect(JSON.parse(answer)).toEqual(each.healthStatus);
  },
);
