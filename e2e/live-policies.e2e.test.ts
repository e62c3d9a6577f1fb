import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { deployment, Namespace } from './harness/deployment.ts';
import { kubectlOf, repository } from './harness/environment.ts';

const environment = inject('environment');
const kubectl = kubectlOf(environment);
const CLI = path.join(repository, 'src/cli.ts');

let namespace: Namespace;
const folder = mkdtempSync(path.join(tmpdir(), 'portlock-live-policies-'));
const manifest = path.join(folder, 'web.json');
beforeAll(async () => {
  namespace = await Namespace.create(kubectl, 'portlock-live-policies');
  writeFileSync(manifest, JSON.stringify(deployment('web')));
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await namespace?.remove();
});

/** What a command prints, and its exit code. */
function portlock(...words: readonly string[]): Promise<{ code: number; stdout: string }> {
  const { promise, resolve } = Promise.withResolvers<{ code: number; stdout: string }>();
  const args = [CLI, ...words, '--namespace', namespace.name, '--quiet'];
  execFile(process.execPath, args, (error, stdout) =>
    resolve({ code: Number(error?.code ?? 0), stdout }),
  );
  return promise;
}

const live = ['--live', '--kubeconfig', environment.kubeconfig] as const;

test('diff --live tells what is missing from the cluster, and nothing once what was rendered is applied', async () => {
  const before = await portlock('diff', manifest, '--all', ...live);
  expect(before.stdout).toContain('would be new');
  expect(before.code).toBe(1);
  const { stdout } = await portlock('render', manifest, '--all');
  await namespace.run('apply', '-f', writtenTo('policy.yaml', stdout));
  expect(await portlock('diff', manifest, '--all', ...live)).toEqual({ code: 0, stdout: '' });
});

test('migrate --live compares the policies of the cluster with those of its workloads', async () => {
  await namespace.apply(deployment('web'));
  const ingress = [{ ports: [{ port: 8080, protocol: 'TCP' }] }];
  await namespace.apply({
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: 'by-hand' },
    spec: { podSelector: { matchLabels: { app: 'web' } }, policyTypes: ['Ingress'], ingress },
  });
  const { code, stdout } = await portlock('migrate', ...live);
  expect(stdout).toContain('by-hand');
  expect(code).toBe(0);
});

function writtenTo(name: string, text: string): string {
  const file = path.join(folder, name);
  writeFileSync(file, text);
  return file;
}
