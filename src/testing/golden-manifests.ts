import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CORE_SCHEMA, loadAll } from 'js-yaml';
import type { Wire } from './preflight-manifests.ts';

/** By folder, as JSON: that is read in a tenth of the time, and several test files ask for each. */
const read = new Map<string, string>();

/** The objects of a golden folder's small cluster, as its users wrote them; new ones each time. */
export function goldenManifests(folder: string): Wire[] {
  const manifests =
    read.get(folder) ?? asJson(readFileSync(join(folder, 'manifests.yaml'), 'utf8'));
  read.set(folder, manifests);
  return JSON.parse(manifests);
}

function asJson(text: string): string {
  return JSON.stringify(loadAll(text, { schema: CORE_SCHEMA }));
}
