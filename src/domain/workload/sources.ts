/** Whom an entry of allow-from lets in: everybody, or all pods of a namespace. */
export type SourceEntry = 'any' | 'same-namespace' | `namespace/${string}`;

/**
 * Who may connect to a port, never empty. Canonical: `any` stands alone, `same-namespace` comes first, the
 * others are sorted, and nothing stands twice.
 */
export type Sources = readonly SourceEntry[];

export const ANYBODY: Sources = ['any'];

/** The canonical form of entries in any order. */
export function sourcesFrom(entries: readonly SourceEntry[]): Sources {
  if (entries.includes('any')) return ANYBODY;
  const named = entries.filter((entry) => entry !== 'same-namespace');
  return [
    ...(entries.includes('same-namespace') ? (['same-namespace'] as const) : []),
    ...[...new Set(named)].sort(),
  ];
}

/** Whether everybody may connect. */
export function isAnybody(sources: Sources): boolean {
  return sources[0] === 'any';
}

/** Whether all who are among the second are, by their entries, among the first. */
export function covers(wide: Sources, narrow: Sources): boolean {
  return isAnybody(wide) || narrow.every((entry) => wide.includes(entry));
}

/** The names of namespaces that are let in by name. */
export function namespacesIn(sources: Sources): string[] {
  return sources.flatMap((entry) =>
    entry.startsWith('namespace/') ? [entry.slice('namespace/'.length)] : [],
  );
}

/** For example `all pods of the namespace, and of the namespaces a and b`. */
export function sourcesInWords(sources: Sources): string {
  if (isAnybody(sources)) return 'everybody';
  const names = namespacesIn(sources);
  const named = `the namespace${names.length > 1 ? 's' : ''} ${names.join(', ')}`;
  if (!sources.includes('same-namespace')) return `all pods of ${named}`;
  return `all pods of the namespace${names.length > 0 ? `, and of ${named}` : ''}`;
}
