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
 * are removed then, and what killed makers left before.
 */
export async function cachedFolder(
  { parent, name, hash }: CachedFolder,
  make: (folder: string) => Promise<void>,
): Promise<string> {
  const finished = join(parent, `${name}-${hash}`);
  if (existsSync(finished)) return finished;
  await mkdir(parent, { recursive: true });
  await removeEntries(parent, isAbandoned);
  const unfinished = join(parent, `.${name}-${hash}.${formatIdentity(ownIdentity())}`);
  await mkdir(unfinished);
  try {
    await make(unfinished);
    await rename(unfinished, finished);
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
  await removeEntries(parent, (entry) => isOutdated(entry, name, hash));
  return finished;
}

/** Removes a version, finished or not there. */
export async function removeCachedFolder({ parent, name, hash }: CachedFolder): Promise<void> {
  await rm(join(parent, `${name}-${hash}`), { recursive: true, force: true });
}

async function removeEntries(
  parent: string,
  isUnwanted: (entry: string) => boolean,
): Promise<void> {
  for (const entry of (await readdir(parent)).filter(isUnwanted)) {
    await rm(join(parent, entry), { recursive: true, force: true });
  }
}

/** Whether an entry of the parent folder is what a dead process was filling. */
export function isAbandoned(entry: string): boolean {
  const maker = entry.startsWith('.') ? parseIdentity(entry) : undefined;
  return maker !== undefined && !isAlive(maker);
}

/** Whether an entry of the parent folder is a version of the same thing with another hash. */
export function isOutdated(entry: string, name: string, hash: string): boolean {
  const isVersion =
    entry.startsWith(`${name}-`) && /^[0-9a-f]+$/.test(entry.slice(name.length + 1));
  return isVersion && entry !== `${name}-${hash}`;
}
