import type { WorkloadKind } from '../workload/workload.ts';

/** A workload that is to be annotated. */
export interface Annotated {
  kind: WorkloadKind;
  namespace: string;
  name: string;
}

/** What needs no quotes in a shell. */
const PLAIN = /^[\w./,=-]+$/;

/**
 * The command that sets an annotation to a value, whatever it is now, to be copied into a shell. The value may hold what
 * others wrote, and is one word there whatever it holds; names and kinds are the API server's, which need no quotes.
 */
export function annotate({ kind, namespace, name }: Annotated, key: string, value: string): string {
  const setting = `${key}=${value}`;
  const word = PLAIN.test(setting) ? setting : `'${setting.replaceAll("'", String.raw`'\''`)}'`;
  return `kubectl annotate ${kind.toLowerCase()} ${name} -n ${namespace} ${word} --overwrite`;
}

const COMMAND = /kubectl annotate \S+ \S+ -n \S+ (?:'((?:[^']|'\\'')*)'|(\S+)) --overwrite/;

/** What the first such command of a sentence sets; undefined where there is none. */
export function annotationIn(sentence: string): { key: string; value: string } | undefined {
  const [, quoted, plain = ''] = COMMAND.exec(sentence) ?? [];
  const setting = quoted?.replaceAll(String.raw`'\''`, "'") ?? plain;
  const end = setting.indexOf('=');
  return end < 0 ? undefined : { key: setting.slice(0, end), value: setting.slice(end + 1) };
}
