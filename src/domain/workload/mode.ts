import { MODE_LABEL } from '../../api/names.ts';
import type { Namespace, Workload } from './workload.ts';

/** What a platform decides for workloads that nobody labelled. */
export interface ModeDefaults {
  mode: 'audit' | 'enforce' | 'off';
  /** Names of namespaces to which that does not apply; `*` stands for any characters. */
  excludedNamespaces: readonly string[];
}

/** As where nothing is said: whoever has no label is out. */
export const NO_DEFAULTS: ModeDefaults = { mode: 'off', excludedNamespaces: [] };

/** The same, and a namespace more to which it does not apply. */
export function excluding(defaults: ModeDefaults, namespace: string): ModeDefaults {
  return { ...defaults, excludedNamespaces: [...defaults.excludedNamespaces, namespace] };
}

/** Who may say what is done with a workload: the first that says anything. The page about it is held against this table. */
export const MODE_PRECEDENCE: readonly {
  who: string;
  says: (workload: Workload, namespace: Namespace, defaults: ModeDefaults) => string | undefined;
}[] = [
  { who: `label \`${MODE_LABEL}\` of the workload`, says: ({ mode }) => mode },
  {
    who: `label \`${MODE_LABEL}\` of its namespace`,
    says: (_workload, { labels }) =>
      Object.hasOwn(labels, MODE_LABEL) ? labels[MODE_LABEL] : undefined,
  },
  {
    who: '`--exclude-namespaces`',
    says: (_workload, { name }, { excludedNamespaces }) =>
      excludedNamespaces.some((pattern) => matches(pattern, name)) ? 'off' : undefined,
  },
  {
    who: '`--default-mode`',
    says: (_workload, _namespace, { mode }) => (mode === 'off' ? undefined : mode),
  },
];

/** The mode that counts, as it was written; undefined where nobody says anything. */
export function modeLabel(
  workload: Workload,
  namespace: Namespace,
  defaults: ModeDefaults = NO_DEFAULTS,
): string | undefined {
  for (const { says } of MODE_PRECEDENCE) {
    const said = says(workload, namespace, defaults);
    if (said !== undefined) return said;
  }
  return undefined;
}

/** Whether a workload is portlock's business: not where nobody says so, or what counts says off. */
export function hasOptedIn(
  workload: Workload,
  namespace: Namespace,
  defaults: ModeDefaults = NO_DEFAULTS,
): boolean {
  return (modeLabel(workload, namespace, defaults) ?? 'off') !== 'off';
}

/** Whether a name is as a pattern says, in which `*` stands for any characters; in time that grows with their lengths alone. */
function matches(pattern: string, name: string): boolean {
  const [first = '', ...rest] = pattern.split('*');
  const last = rest.pop();
  if (last === undefined) return name === first;
  if (!name.startsWith(first) || !name.endsWith(last)) return false;
  if (name.length < first.length + last.length) return false;
  let at = first.length;
  for (const part of rest) {
    const found = name.indexOf(part, at);
    if (found === -1 || found + part.length > name.length - last.length) return false;
    at = found + part.length;
  }
  return true;
}
