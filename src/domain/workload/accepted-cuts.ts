import { AnnotationError, quote } from './annotation-error.ts';
import { portKey } from './declared-ports.ts';
import { type ListedPort, readPort } from './port-text.ts';

/** A port that somebody uses and that may be closed all the same. */
export interface AcceptedCut extends ListedPort {
  /** The last day on which that holds, as `2027-03-31`, in UTC. */
  until?: string;
  /** Why, in the owner's words. */
  reason?: string;
}

const DAY = 24 * 3_600_000;
/** For so long after its end an acceptance still counts, with a warning, in ms. */
const GRACE = 14 * DAY;
const EXAMPLE = '9090/TCP until=2027-03-31 reason="scraped by hand"';

/**
 * Parses `9090/TCP until=2027-03-31 reason="…",9091/TCP`: entries by commas or semicolons, each with an end and a
 * reason in that order where it has them. Blanks around entries are allowed; a reason is anything but a quotation mark.
 * @throws AnnotationError
 */
export function parseAcceptedCuts(text: string): AcceptedCut[] {
  return text.trim() === '' ? [] : entriesOf(text).map(parseEntry);
}

/** What stands between separators that are in no reason. */
function entriesOf(text: string): string[] {
  const entries = [''];
  let isQuoted = false;
  for (const character of text) {
    if (character === '"') isQuoted = !isQuoted;
    if (!isQuoted && (character === ',' || character === ';')) entries.push('');
    else entries[entries.length - 1] += character;
  }
  return entries.map((entry) => entry.trim());
}

function parseEntry(entry: string): AcceptedCut {
  const [first = ''] = entry.split(/\s/, 1);
  const port = readPort(first);
  if (!port)
    throw new AnnotationError(
      `must list ports such as 9102/TCP,8125/UDP with a number from 1 to 65535, not ${quote(entry)}`,
    );
  const rest = /^(?:\s+until=(\S+))?(?:\s+reason="([^"]{1,256})")?$/u.exec(
    entry.slice(first.length),
  );
  const [, until, reason] = rest ?? [];
  if (!rest || (until !== undefined && !isDay(until)))
    throw new AnnotationError(
      `must give an end, a day of the calendar, and a reason as in ${EXAMPLE}, not ${quote(entry)}`,
    );
  return {
    ...port,
    ...(until !== undefined && { until }),
    ...(reason !== undefined && { reason }),
  };
}

function isDay(text: string): boolean {
  const time = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(text) : Number.NaN;
  // Dates are read leniently: the 31st of a month of 30 days would be another day.
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}

/** As the annotation says it. */
export function acceptedCutText({ port, protocol, until, reason }: AcceptedCut): string {
  const parts = [portKey(port, protocol)];
  if (until !== undefined) parts.push(`until=${until}`);
  if (reason !== undefined) parts.push(`reason="${reason}"`);
  return parts.join(' ');
}

/** Whether it still counts: for 14 days after its end, too. */
export function counts(cut: AcceptedCut, now: number): boolean {
  return now < endOf(cut) + GRACE;
}

/** Whether it counts only for a while yet, and that has to be said. */
export function hasEnded(cut: AcceptedCut, now: number): boolean {
  return now >= endOf(cut) && counts(cut, now);
}

/** The first day on which it counts no more, as `2027-04-15`; undefined where it has no end. */
export function firstDayWithout(cut: AcceptedCut): string | undefined {
  if (cut.until === undefined) return undefined;
  return new Date(endOf(cut) + GRACE).toISOString().slice(0, 10);
}

/** When one of them ends next, or ceases to count, in ms since the epoch; undefined where none will. */
export function nextChange(cuts: readonly AcceptedCut[], now: number): number | undefined {
  const times = cuts.flatMap((cut) => [endOf(cut), endOf(cut) + GRACE]);
  const next = Math.min(...times.filter((time) => time > now));
  return Number.isFinite(next) ? next : undefined;
}

/** The end of its last day. */
function endOf({ until }: AcceptedCut): number {
  return until === undefined ? Number.POSITIVE_INFINITY : Date.parse(until) + DAY;
}
