import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';

import { formatIdentity, isAlive, ownIdentity, parseIdentity } from './process-identity.ts';

export interface CachedFolder {
  /** The folder that holds every version. */
  readonly parent: string;
  /** The versions of one thing share a name. */
  readonly name: string;
  readonly hash: string;
}

/**
 * The folder that `make` fills, made once per hash. It is filled under another name and renamed, so
 * that one which somebody interrupted is never taken for finished. Other hashes of the same name
 * are removed then, and what interrupted makers left.
 */
export async function cachedFolder(
  { parent, name, hash }: CachedFolder,
  make: (folder: string) => Promise<void>,
): Promise<string> {
  const finished = join(parent, `${name}-${hash}`);
  if (existsSync(finished)) return finished;
  const unfinished = join(parent, `.${name}-${hash}.${formatIdentity(ownIdentity())}`);
  await rm(unfinished, { recursive: true, force: true });
  await mkdir(unfinished, { recursive: true });
  try {
    await make(unfinished);
    await rename(unfinished, finished);
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
  await prune(parent, name, hash);
  return finished;
}

/** Removes a version, finished or not there. */
export async function removeCachedFolder({ parent, name, hash }: CachedFolder): Promise<void> {
  await rm(join(parent, `${name}-${hash}`), { recursive: true, force: true });
}

async function prune(parent: string, name: string, hash: string): Promise<void> {
  for (const entry of await readdir(parent)) {
    if (isStale(entry, name, hash)) await rm(join(parent, entry), { recursive: true, force: true });
  }
}

/** Whether an entry of the parent folder is another version, or what a dead maker left. */
export function isStale(entry: string, name: string, hash: string): boolean {
  if (entry.startsWith('.')) {
    const maker = parseIdentity(entry);
    return maker !== undefined && !isAlive(maker);
  }
  const isVersion =
    entry.startsWith(`${name}-`) && /^[0-9a-f]+$/.test(entry.slice(name.length + 1));
  return isVersion && entry !== `${name}-${hash}`;
}
