import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { run } from '../cluster/command.ts';
import { installRequired } from '../cluster/packages.ts';
import { PROMETHEUS, writeRules } from './prometheus-rules.ts';

let folder: string;
beforeAll(async () => {
  await installRequired(PROMETHEUS, console.error, undefined);
  folder = await mkdtemp(path.join(tmpdir(), 'portlock-alerts-'));
  await writeRules(folder);
  await copyFile(path.join(import.meta.dirname, 'alerts.yaml'), path.join(folder, 'alerts.yaml'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test('Prometheus takes the alerts', async () => {
  const said = await run(['promtool', 'check', 'rules', 'rules.yaml'], { directory: folder });
  expect(said).toContain('SUCCESS: 7 rules found');
});

test('each fires when it should, and not before', async () => {
  const said = await run(['promtool', 'test', 'rules', 'alerts.yaml'], { directory: folder });
  expect(said).toContain('SUCCESS');
});
