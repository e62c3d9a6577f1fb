import { closeSync, openSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { deployment } from '../../src/testing/deployments.ts';
import { KeptObjects } from '../../src/testing/kept-objects.ts';
import { ScriptedApiServer } from '../../src/testing/scripted-api-server.ts';
import { POLICY, SHOP, WEB } from '../../src/testing/shop-paths.ts';
import { until } from '../../src/testing/until.ts';
import { OperatorProcess } from '../harness/operator-process.ts';

const HANGS = 180_000;

let server: ScriptedApiServer;
let kept: KeptObjects;
let operator: OperatorProcess | undefined;

beforeEach(async () => {
  server = await ScriptedApiServer.start();
  kept = new KeptObjects();
  server.otherwise(kept.answer);
  kept.put(SHOP, { metadata: { name: 'shop' } });
  kept.put(WEB, deployment());
});
afterEach(async () => {
  await operator?.end('SIGKILL');
  await server.close();
});

async function keepsThePolicy(): Promise<void> {
  await until('the policy is there', () => kept.at(POLICY), HANGS);
  for (const port of [9090, 9091]) {
    kept.put(WEB, deployment({ ports: [{ containerPort: port }] }));
    await until('it follows', () => JSON.stringify(kept.at(POLICY)).includes(`:${port}`), HANGS);
  }
}

test('case 22: where the log cannot be written, as the disk is full, the policy is kept all the same', async () => {
  const full = openSync('/dev/full', 'w');
  operator = await OperatorProcess.start({ kubeConfig: server.kubeConfig(), output: full });
  closeSync(full);
  await keepsThePolicy();
  expect(await operator.end('SIGTERM')).toEqual({ code: 0, signal: null });
});

test('case 22: where whoever read the log has gone, the policy is kept all the same', async () => {
  operator = await OperatorProcess.start({ kubeConfig: server.kubeConfig() });
  await until('it logs', () => operator?.lines.length, HANGS);
  operator.child.stdout?.destroy();
  await keepsThePolicy();
  expect(await operator.end('SIGTERM')).toEqual({ code: 0, signal: null });
});
