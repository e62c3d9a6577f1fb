import { readFileSync } from 'node:fs';

/**
 * How many files this process may open, from /proc/self/limits; undefined where that is unlimited
 * or the system has no such file.
 */
export function fileDescriptorLimit(): number | undefined {
  try {
    return openFilesOf(readFileSync('/proc/self/limits', 'utf8'));
  } catch {
    return undefined;
  }
}

/** The soft limit of open files in such a file; undefined where it says "unlimited". */
export function openFilesOf(limits: string): number | undefined {
  const soft = /^Max open files\s+(\d+)/m.exec(limits)?.[1];
  return soft === undefined ? undefined : Number(soft);
}
