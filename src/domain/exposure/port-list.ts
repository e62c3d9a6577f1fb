/** TCP ports to ask: a list, sorted and unique, or all 65,535 of them. */
export type PortList = readonly number[] | 'all';

/**
 * Parses `all`, or numbers and ranges such as `8080,9000-9100`.
 * @throws RangeError naming the entry that is none
 */
export function parsePortList(text: string): PortList {
  if (text.trim() === 'all') return 'all';
  const ports = new Set<number>();
  for (const entry of text.split(',')) {
    const [, first, last = first] = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(entry.trim()) ?? [];
    const [from, to] = [Number(first), Number(last)];
    if (!(from >= 1 && to <= 65_535 && from <= to))
      throw new RangeError(
        `must be "all", or ports from 1 to 65535 such as 8080,9000-9100, not "${entry.trim().slice(0, 40)}"`,
      );
    for (let port = from; port <= to; port++) ports.add(port);
  }
  return [...ports].sort((a, b) => a - b);
}
