import type { AllowedRange } from '../../domain/evaluate/allowed-ports.ts';
import { LAST_PORT, PROTOCOLS } from '../../domain/evaluate/port-classes.ts';
import { portKey } from '../../domain/workload/declared-ports.ts';
import { rangeKey } from '../../domain/workload/port-range.ts';
import type { Audited } from './audited.ts';

/** So many entries of a list are shown in a cell. */
const MOST_SHOWN = 6;

/** `8080/TCP, 53/UDP`; `-` where nothing is declared. */
export function declaredInWords({ judged }: Audited): string {
  const { declared, ranges } = judged.asked;
  return list([
    ...declared.map(({ port, protocol }) => portKey(port, protocol)),
    ...ranges.map(rangeKey),
  ]);
}

/** What policies allow today: `all`, `unknown`, or ports, of which `(some)` are not for everybody. */
export function allowedInWords({ exposure: { allowed } }: Audited): string {
  if (typeof allowed === 'string') return allowed;
  const isAll = ({ first, last, to }: AllowedRange) =>
    first === 1 && last === LAST_PORT && to === 'everybody';
  if (allowed.filter(isAll).length === PROTOCOLS.length) return 'all';
  return list(
    allowed.map(({ first, last, protocol, to }) => {
      const ports =
        first === 1 && last === LAST_PORT
          ? 'all'
          : first === last
            ? `${first}`
            : `${first}-${last}`;
      return `${portKey(ports, protocol)}${to === 'some' ? ' (some)' : ''}`;
    }),
  );
}

/** What enforce mode would do: `Apply`, or why not, as a reason in CamelCase; `Unknown` where not all could be read. */
export function enforceInWords({ judged: { intent }, isUnknown }: Audited): string {
  if (isUnknown) return 'Unknown';
  return intent.kind === 'apply' ? 'Apply' : intent.reason;
}

/** The TCP ports of what was seen; `?` where it is not known. */
export function seenInWords(seen: readonly { port: number }[] | undefined): string {
  if (seen === undefined) return '?';
  const ports = new Set(seen.map(({ port }) => port));
  return list([...ports].sort((a, b) => a - b).map(String));
}

function list(entries: readonly string[]): string {
  const more = entries.length - MOST_SHOWN;
  const shown = more > 1 ? [...entries.slice(0, MOST_SHOWN), `${more} more`] : entries;
  return shown.join(', ') || '-';
}
