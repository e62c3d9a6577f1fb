import { readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createCertificate } from '../../src/testing/certificate.ts';
import { KeptObjects } from '../../src/testing/kept-objects.ts';
import { fillCluster } from '../../src/testing/large-cluster.ts';
import { ScriptedApiServer } from '../../src/testing/scripted-api-server.ts';
import { MemoryGroup } from '../cluster/memory-group.ts';
import { repository } from '../harness/environment.ts';
import { operatorTerms } from '../harness/manifest.ts';
import { OperatorProcess } from '../harness/operator-process.ts';

const DEPLOYMENTS = Number(process.env.MEMORY_DEPLOYMENTS ?? 10_000);
const HOURS = 3_600_000;
/** How long the operator is left alone before its memory is read, in ms. */
const REST = 20_000;

const { environment, memoryLimit } = operatorTerms();
const kept = new KeptObjects();
let server: ScriptedApiServer;
let group: MemoryGroup;

beforeAll(async () => {
  for (const name of ['default', 'portlock-system'])
    kept.put(`/api/v1/namespaces/${name}`, { metadata: { name } });
  fillCluster(kept, {
    namespaces: 100,
    deployments: DEPLOYMENTS,
    podsEach: 3,
    formerRevisions: 2,
  });
  server = await ScriptedApiServer.start({ certificate: createCertificate() });
  server.otherwise((response, request) => {
    // Nobody asks for them here, and there are very many.
    server.requests.length = 0;
    return kept.answer(response, request);
  });
  group = await MemoryGroup.make(memoryLimit);
});

afterAll(async () => {
  await server?.close();
  await group?.remove();
});

function start(): Promise<OperatorProcess> {
  return OperatorProcess.start({
    kubeConfig: server.kubeConfig(),
    program: path.join(repository, 'dist/portlock.js'),
    environment,
    group: group.processes,
  });
}

/** Megabytes that the process has, and had at most. */
function resident({ child }: OperatorProcess): { now: number; most: number } {
  const status = readFileSync(`/proc/${child.pid}/status`, 'utf8');
  const megabytes = (name: string) =>
    Math.round(Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1]) / 1024);
  return { now: megabytes('VmRSS'), most: megabytes('VmHWM') };
}

const reported = () =>
  kept.all('portexposurereports').filter(({ status }) => (status?.conditions?.length ?? 0) > 3);

test(`${DEPLOYMENTS} Deployments with three pods each are locked within the memory of the manifest`, {
  timeout: 2 * HOURS,
}, async () => {
  const operator = await start();
  const converged = () =>
    kept.all('networkpolicies').length >= DEPLOYMENTS && reported().length >= DEPLOYMENTS;
  while (!operator.hasEnded && !converged()) await sleep(1_000);
  await sleep(REST);
  expect(operator.hasEnded, operator.lines.slice(-5).join('\n')).toBe(false);
  console.log('from nothing', resident(operator), 'MiB of', memoryLimit / 2 ** 20);
  expect((await operator.end('SIGTERM')).code).toBe(0);
});

test('a start on what is locked already stays within it, too', { timeout: HOURS }, async () => {
  const operator = await start();
  await operator.untilReady(HOURS / 2);
  await sleep(REST);
  expect(operator.hasEnded, operator.lines.slice(-5).join('\n')).toBe(false);
  console.log('on what is there', resident(operator), 'MiB of', memoryLimit / 2 ** 20);
  expect((await operator.end('SIGTERM')).code).toBe(0);
});
