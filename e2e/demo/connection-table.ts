import type { Connections } from '../harness/sample.ts';

/** A table of what a client could reach: a line a port, a column a time. */
export function connectionTable(columns: Readonly<Record<string, Connections>>): string {
  const names = Object.keys(columns);
  const ports = Object.keys(Object.values(columns)[0] ?? {});
  const rows = ports.map((port) => [
    port,
    ...names.map((name) => columns[name]?.[Number(port)] ?? ''),
  ]);
  return [['port', ...names], ...rows]
    .map((cells) => `  ${cells.map((cell) => cell.padEnd(9)).join('')}`.trimEnd())
    .join('\n');
}
