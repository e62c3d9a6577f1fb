import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CORE_SCHEMA, loadAll } from 'js-yaml';
import type { Wire } from './preflight-manifests.ts';

/** The objects of a golden folder's small cluster, as its users wrote them; new ones each time. */
export function goldenManifests(folder: string): Wire[] {
  const text = readFileSync(join(folder, 'manifests.yaml'), 'utf8');
  return loadAll(text, { schema: CORE_SCHEMA }) as Wire[];
}
