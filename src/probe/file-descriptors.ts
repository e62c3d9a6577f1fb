import { readFileSync } from 'node:fs';

/**
 * How many files this process may open, from /proc/self/limits; undefined where that is unlimited
 * or the system has no such file.
 */
export function fileDescriptorLimit(): number | undefined {
  let limits: string;
  try {
    limits = readFileSync('/proc/self/limits', 'utf8');
  } catch {
    return undefined;
  }
  const soft = /^Max open files\s+(\d+)/m.exec(limits)?.[1];
  return soft === undefined ? undefined : Number(soft);
}
