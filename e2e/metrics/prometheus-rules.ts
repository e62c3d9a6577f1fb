import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parse, stringify } from 'yaml';
import type { Requirement } from '../cluster/packages.ts';
import { repository } from '../harness/environment.ts';

/** Prometheus, which brings promtool. */
export const PROMETHEUS: readonly Requirement[] = [{ package: 'prometheus', provides: 'promtool' }];

/** Writes the alerts of config/metrics to `rules.yaml` in the folder, as Prometheus itself reads them. */
export async function writeRules(folder: string): Promise<string> {
  const resource = path.join(repository, 'config/metrics/prometheus-rule.yaml');
  const { groups } = parse(await readFile(resource, 'utf8')).spec;
  const file = path.join(folder, 'rules.yaml');
  await writeFile(file, stringify({ groups }));
  return file;
}
