import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { ScriptedApiServer } from './scripted-api-server.ts';

/** A kubeconfig of a scripted API server, as a user has one; `remove` deletes it. */
export function kubeconfigFile(server: ScriptedApiServer): { file: string; remove: () => void } {
  const folder = mkdtempSync(path.join(tmpdir(), 'portlock-kubeconfig-'));
  const file = path.join(folder, 'config');
  const cluster = { server: server.url, 'insecure-skip-tls-verify': true };
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'scripted', cluster }],
    users: [{ name: 'tester', user: {} }],
    contexts: [{ name: 'scripted', context: { cluster: 'scripted', user: 'tester' } }],
    'current-context': 'scripted',
  };
  writeFileSync(file, JSON.stringify(config));
  return { file, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
