import { readFileSync } from 'node:fs';

/**
 * A process, told from a later one that got the same pid by the time it started (in clock ticks
 * since boot), written `pid-startTime`.
 */
export interface ProcessIdentity {
  readonly pid: number;
  readonly startTime: string;
}

/** The start time in the text of /proc/PID/stat; undefined if that isn't what the text is. */
export function startTimeIn(stat: string): string | undefined {
  // The second field is the command in parentheses, which may itself hold spaces and parentheses.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields[19];
}

/** The process that has this pid now, or undefined. */
export function identify(pid: number): ProcessIdentity | undefined {
  try {
    const startTime = startTimeIn(readFileSync(`/proc/${pid}/stat`, 'utf8'));
    return startTime === undefined ? undefined : { pid, startTime };
  } catch {
    return undefined; // no such process
  }
}

/** Whether the very process is still there. */
export function isAlive(identity: ProcessIdentity): boolean {
  return identify(identity.pid)?.startTime === identity.startTime;
}

export function formatIdentity({ pid, startTime }: ProcessIdentity): string {
  return `${pid}-${startTime}`;
}

/** The identity that `formatIdentity` wrote at the end of a name; undefined if there is none. */
export function parseIdentity(name: string): ProcessIdentity | undefined {
  const match = /(?:^|\D)(\d+)-(\d+)$/.exec(name);
  if (match?.[1] === undefined || match[2] === undefined) return undefined;
  return { pid: Number(match[1]), startTime: match[2] };
}

/** This process. */
export function ownIdentity(): ProcessIdentity {
  const own = identify(process.pid);
  if (own === undefined) throw new Error('/proc does not show this process: is it mounted?');
  return own;
}
