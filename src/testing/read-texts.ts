import type { Found } from '../commands/manifests/cluster.ts';
import { clusterOf, type ReadCluster } from '../commands/manifests/cluster-of.ts';
import type { Problem } from '../commands/manifests/manifest.ts';
import { readObjects } from '../commands/manifests/read-objects.ts';
import { type OperatorSettings, Snapshots } from '../commands/manifests/snapshots.ts';
import type { Workload } from '../domain/workload/workload.ts';
import { OPERATOR_SETTINGS } from './operator-settings.ts';

/** What commands make of a text, without a file of it. */
export interface ReadText extends ReadCluster {
  snapshots: Snapshots;
  /** Of what could not be read, and of what is no object as the API has it. */
  problems: readonly Problem[];
  notes: readonly string[];
  /** Its first workload. */
  found: Found<Workload>;
}

/** Reads the documents of a file `a.yaml`; the namespace of objects that say none is shop. */
export function readText(text: string, settings: Partial<OperatorSettings> = {}): ReadText {
  const input = readObjects('a.yaml', text);
  const read = clusterOf(input.manifests, 'shop');
  const [found] = read.cluster.workloads;
  return {
    ...read,
    problems: [...input.problems, ...read.problems],
    notes: input.notes,
    snapshots: new Snapshots(read.cluster, { ...OPERATOR_SETTINGS, ...settings }),
    found: found as Found<Workload>,
  };
}

/** The same of objects, each of which is a document in one line: the first in line 1, the second in line 3. */
export function readAll(...objects: readonly object[]): ReadText {
  return readText(documentsOf(...objects));
}

/** Objects as the documents of a file. */
export function documentsOf(...objects: readonly object[]): string {
  return objects.map((each) => `${JSON.stringify(each)}\n`).join('---\n');
}

/** A Service of the pods `app: web` in wire form, whose port 80 leads to that one. */
export function serviceTo(targetPort: number | string, spec: object = {}) {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'web', namespace: 'shop' },
    spec: { selector: { app: 'web' }, ports: [{ port: 80, targetPort }], ...spec },
  };
}
