import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { NetworkPolicy } from '../../api/kubernetes.ts';
import { policyName } from '../../domain/workload/object-names.ts';
import type { Workload } from '../../domain/workload/workload.ts';
import { manifestYaml } from '../format/manifest-yaml.ts';
import type { Found } from '../manifests/cluster.ts';

/** The first line of every file that render writes: only files that begin so are ever replaced or deleted. */
const HEADER = '# Rendered by portlock; what is edited here is lost when it is rendered again.\n';

/** The text of a policy's file. */
export function fileText(policy: NetworkPolicy): string {
  return HEADER + manifestYaml(policy);
}

/** `NAMESPACE/NAME.yaml`, or `NAME.yaml` where the workload says no namespace. No two workloads have one. */
export function fileName({ value, hasNamespace }: Found<Workload>): string {
  const name = `${policyName(value)}.yaml`;
  return hasNamespace ? path.join(value.namespace, name) : name;
}

/** Whether a file is one of those that render writes. */
export function isRendered(text: string): boolean {
  return text.startsWith(HEADER);
}

/** The YAML files below a folder, by name relative to it, with their texts; none where there is no folder yet. */
export async function readPolicyFiles(folder: string): Promise<Map<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return [];
      throw error;
    },
  );
  const files = new Map<string, string>();
  for (const entry of entries) {
    if (!entry.isFile() || !entry.name.endsWith('.yaml')) continue;
    const file = path.join(entry.parentPath, entry.name);
    files.set(path.relative(folder, file), await readFile(file, 'utf8'));
  }
  return files;
}

/** Writes files below a folder, of which those that are the same already stay untouched. */
export async function writePolicyFiles(
  folder: string,
  files: ReadonlyMap<string, string>,
  before: ReadonlyMap<string, string>,
): Promise<void> {
  for (const [name, text] of files) {
    if (before.get(name) === text) continue;
    const file = path.join(folder, name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, text);
  }
}

/** Deletes files of a folder. */
export async function removePolicyFiles(folder: string, names: Iterable<string>): Promise<void> {
  for (const name of names) await rm(path.join(folder, name));
}
