import type { AuditedWorkload } from '../../api/audit-result.ts';
import { LAST_PORT, PROTOCOLS } from '../../domain/evaluate/port-classes.ts';
import { portKey } from '../../domain/workload/declared-ports.ts';
import { rangeKey } from '../../domain/workload/port-range.ts';

/** So many entries of a list are shown in a cell. */
const MOST_SHOWN = 6;

/** `8080/TCP, 53/UDP`; `-` where nothing is declared. */
export function declaredInWords({ declared, declaredRanges }: AuditedWorkload): string {
  return list([
    ...declared.map(({ port, protocol }) => portKey(port, protocol)),
    ...declaredRanges.map(rangeKey),
  ]);
}

type AllowedPorts = NonNullable<AuditedWorkload['allowed']['ports']>[number];

/** What policies allow today: `all`, `unknown`, or ports, of which `(some)` are not for everybody. */
export function allowedInWords({ allowed: { verdict, ports } }: AuditedWorkload): string {
  if (verdict !== 'Some' || ports === null) return verdict === 'All' ? 'all' : 'unknown';
  const isAll = ({ first, last, to }: AllowedPorts) =>
    first === 1 && last === LAST_PORT && to === 'Everybody';
  if (ports.filter(isAll).length === PROTOCOLS.length) return 'all';
  return list(ports.map((each) => `${portsInWords(each)}${each.to === 'Some' ? ' (some)' : ''}`));
}

/** `8080/TCP`, `9000-9100/TCP`, `all/UDP`. */
export function portsInWords({
  first,
  last,
  protocol,
}: Pick<AllowedPorts, 'first' | 'last' | 'protocol'>): string {
  if (first === 1 && last === LAST_PORT) return portKey('all', protocol);
  return rangeKey({ first, last, protocol });
}

/** What enforce mode would do: `Apply`, or why not, as a reason in CamelCase. */
export function enforceInWords({ enforce: { applies, reason } }: AuditedWorkload): string {
  return applies ? 'Apply' : (reason ?? 'Unknown');
}

/** `file:line` of its manifest; `-` for one of a cluster. */
export function placeInWords({ file, line }: AuditedWorkload): string {
  if (file === null) return '-';
  return line === null ? file : `${file}:${line}`;
}

/** What was found, of what, and where; `at` is empty where that is in no file, and the name is the id where the id is none of a check. */
export function findingInWords({
  at,
  id,
  name,
  about,
  message,
}: Record<'at' | 'id' | 'name' | 'about' | 'message', string>): string {
  return `${at && `${at}: `}${id === name ? id : `${id} ${name}`}: ${about}: ${message}`;
}

/** Its first entries, and how many more there are; `-` where there is none. */
export function list(entries: readonly string[]): string {
  const more = entries.length - MOST_SHOWN;
  const shown = more > 1 ? [...entries.slice(0, MOST_SHOWN), `${more} more`] : entries;
  return shown.join(', ') || '-';
}
