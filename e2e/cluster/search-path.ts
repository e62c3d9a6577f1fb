import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

// What a PATH may lack that sudo or su made.
const usual = ['/usr/local/sbin', '/usr/sbin', '/sbin', '/usr/local/go/bin'];

/** The value of PATH for everything that is started: this process's, and the usual places of root. */
export function searchPath(): string {
  return [process.env.PATH ?? '', ...usual].filter(Boolean).join(delimiter);
}

/** Whether there is such a command in the search path, or such a file (from the root). */
export function isProvided(commandOrFile: string): boolean {
  if (commandOrFile.startsWith('/')) return existsSync(commandOrFile);
  const folders = searchPath().split(delimiter);
  return folders.some((folder) => existsSync(join(folder, commandOrFile)));
}
