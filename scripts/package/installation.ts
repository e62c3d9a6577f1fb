import { readFileSync } from 'node:fs';
import path from 'node:path';
import { type Document, parseAllDocuments, parseDocument } from 'yaml';

/** The folder that `kubectl apply -k` installs. */
const WHOLE = 'config/default';

interface Kustomization {
  resources?: string[];
  labels?: { includeTemplates?: boolean; pairs: Record<string, string> }[];
}

/** An object of the installation, with its comments, and the file that it comes from. */
export interface Manifest {
  readonly file: string;
  readonly document: Document;
}

/** What kustomize makes of config/default: no more of its language is understood than is used there. */
export function installation(root: string, folder = WHOLE): Manifest[] {
  const text = readFileSync(path.join(root, folder, 'kustomization.yaml'), 'utf8');
  const { resources = [], labels = [], ...rest } = parseDocument(text).toJS() as Kustomization;
  const unknown = Object.keys(rest).filter((key) => !['apiVersion', 'kind'].includes(key));
  if (unknown.length > 0) throw new Error(`${folder}: ${unknown.join(', ')} is not understood`);
  const manifests = resources.flatMap((resource) => {
    const file = path.join(folder, resource);
    return file.endsWith('.yaml') ? manifestsOf(root, file) : installation(root, file);
  });
  for (const { document } of manifests) {
    for (const { pairs, includeTemplates } of labels) {
      addLabels(document, ['metadata'], pairs);
      if (includeTemplates && document.hasIn(['spec', 'template'])) {
        addLabels(document, ['spec', 'template', 'metadata'], pairs);
      }
    }
  }
  return manifests;
}

/** The objects of a folder that only some installations have, labelled as those of config/default. */
export function optionalPart(root: string, folder: string): Manifest[] {
  const text = readFileSync(path.join(root, WHOLE, 'kustomization.yaml'), 'utf8');
  const { labels = [] } = parseDocument(text).toJS() as Kustomization;
  const manifests = installation(root, folder);
  for (const { document } of manifests) {
    for (const { pairs } of labels) addLabels(document, ['metadata'], pairs);
  }
  return manifests;
}

function manifestsOf(root: string, file: string): Manifest[] {
  const documents = parseAllDocuments(readFileSync(path.join(root, file), 'utf8'));
  if (!Array.isArray(documents)) return [];
  return documents.map((document) => ({ file, document }));
}

function addLabels(document: Document, at: string[], pairs: Record<string, string>): void {
  for (const [name, value] of Object.entries(pairs)) {
    document.setIn([...at, 'labels', name], value);
  }
}
