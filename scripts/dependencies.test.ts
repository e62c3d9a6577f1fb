import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';

const root = path.resolve(import.meta.dirname, '..');
const read = (file: string) => JSON.parse(readFileSync(path.join(root, file), 'utf8'));
const lock: Record<string, { hasInstallScript?: boolean; resolved?: string; link?: boolean }> =
  read('package-lock.json').packages;

describe('the dependencies', () => {
  test('need no install script', () => {
    const withScript = Object.entries(lock).filter(([, entry]) => entry.hasInstallScript);
    // A file watcher for macOS alone, which vite does without.
    const others = withScript.map(([name]) => name).filter((name) => !name.endsWith('/fsevents'));
    expect(others).toEqual([]);
  });

  test('are locked without the address of a registry', () => {
    const located = Object.entries(lock).filter(([, entry]) => entry.resolved !== undefined);
    expect(located.map(([name]) => name)).toEqual([]);
  });

  test('are named in exact versions, and every one has its reason written down', () => {
    const manifest = read('package.json');
    const all = {
      ...manifest.dependencies,
      ...manifest.devDependencies,
      ...manifest.optionalDependencies,
    };
    const record = readFileSync(path.join(root, 'docs/decisions/0002-dependencies.md'), 'utf8');
    const types = (name: string) => name.startsWith('@types/');
    for (const [name, version] of Object.entries(all)) {
      expect(version, name).toMatch(/^\d+\.\d+\.\d+$/);
      if (!types(name)) expect(record, name).toContain(name);
    }
  });

  test('run on one copy of the client library and of the HTTP client', () => {
    const copies = (name: string) =>
      Object.keys(lock).filter((key) => key.endsWith(`node_modules/${name}`));
    expect(copies('@kubernetes/client-node')).toHaveLength(1);
    expect(copies('undici')).toHaveLength(1);
  });
});
