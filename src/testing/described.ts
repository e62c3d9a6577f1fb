/** The lines by which `kubectl describe` shows an object of a kind that it does not know: keys sorted, one line a value. */
export function described(value: object, level = 0): string[] {
  const indent = '  '.repeat(level);
  return Object.entries(value)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([key, each]) => {
      if (typeof each !== 'object') return [`${indent}${key}: ${each}`];
      const entries: object[] = Array.isArray(each) ? each : [each];
      const lines = entries.flatMap((entry) =>
        typeof entry === 'object' ? described(entry, level + 1) : [`${indent}  ${entry}`],
      );
      return [`${indent}${key}:`, ...lines];
    });
}
