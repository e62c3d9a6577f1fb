import { readFileSync } from 'node:fs';
import { parse } from 'yaml';

/** Where an application's manifests are, in its module. */
export type Source =
  /** A file, or a folder whose YAML files count at any depth. */
  | { manifests: string }
  | { kustomization: string }
  /** A Helm chart, rendered with its own values. */
  | { chart: string };

/** A public application whose manifests a Go module ships. */
export interface Application {
  name: string;
  module: string;
  version: string;
  /** Where objects go that name no namespace. */
  namespace: string;
  sources: readonly Source[];
}

/** An entry of applications.yaml. */
interface Entry extends Omit<Application, 'sources'> {
  manifests?: string[];
  kustomizations?: string[];
  charts?: string[];
}

const entries: Entry[] = parse(
  readFileSync(new URL('./applications.yaml', import.meta.url), 'utf8'),
);

/** What applications.yaml lists. */
export const APPLICATIONS: readonly Application[] = entries.map(
  ({ manifests = [], kustomizations = [], charts = [], ...application }) => ({
    ...application,
    sources: [
      ...manifests.map((path) => ({ manifests: path })),
      ...kustomizations.map((path) => ({ kustomization: path })),
      ...charts.map((path) => ({ chart: path })),
    ],
  }),
);
