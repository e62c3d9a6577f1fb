import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { pipeline } from 'node:stream/promises';

export interface Inputs {
  /** Settings that change what is made: flags, versions. */
  readonly values: readonly string[];
  /** Files whose content changes what is made, by the name that they count under. */
  readonly files: Readonly<Record<string, string>>;
}

const shownDigits = 16;

/** A short name for exactly these inputs; the order of the files does not matter. */
export async function hashInputs({ values, files }: Inputs): Promise<string> {
  const hash = createHash('sha256');
  // Lengths keep ["ab"] and ["a", "b"] apart.
  hash.update(JSON.stringify(values));
  for (const [name, path] of Object.entries(files).sort(([a], [b]) => (a < b ? -1 : 1))) {
    const content = createHash('sha256');
    await pipeline(createReadStream(path), content);
    hash.update(JSON.stringify([name, content.digest('hex')]));
  }
  return hash.digest('hex').slice(0, shownDigits);
}

/** Every file in the folder and below, by its path inside the folder. */
export async function filesIn(folder: string): Promise<Record<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  return Object.fromEntries(paths.map((path) => [relative(folder, path), path]));
}
