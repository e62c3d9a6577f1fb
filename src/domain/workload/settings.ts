import {
  ACCEPT_CUTS_ANNOTATION,
  ALLOW_FROM_ANNOTATION,
  EXTRA_PORTS_ANNOTATION,
  MODE_LABEL,
  PROBE_ANNOTATION,
} from '../../api/names.ts';
import { type AllowFrom, namedNamespaces, parseAllowFrom, UNSAID } from './allow-from.ts';
import { AnnotationError, quote } from './annotation-error.ts';
import { readPort } from './port-text.ts';
import type { ContainerPort, Namespace, Workload } from './workload.ts';

export type Mode = 'audit' | 'enforce' | 'off' | 'invalid';

/** What the owner of a workload asks for by its label and annotations. */
export interface Settings {
  mode: Mode;
  extraPorts: readonly ContainerPort[];
  /** Who may connect; the pods of the namespace where the annotation cannot be read. */
  allowFrom: AllowFrom;
  /** Ports that somebody uses and that may be closed all the same. */
  acceptedCuts: readonly ContainerPort[];
  /** Whether connections may be made to the pods; false where the annotation cannot be read. */
  probe: boolean;
  /** What cannot be followed: while there is anything, the last good policy stays as it is. */
  problems: readonly SettingsProblem[];
}

/** One thing that the owner wrote and portlock cannot follow. */
export interface SettingsProblem {
  reason: 'InvalidMode' | 'InvalidAnnotation';
  message: string;
}

/** Longer annotations are rejected unread, in characters. */
const MAXIMUM_ANNOTATION_LENGTH = 4096;
const MODES = ['audit', 'enforce', 'off'] as const;

/** The opt-in label that counts: the workload's own or, where it has none, that of its namespace. */
export function modeLabel(workload: Workload, namespace: Namespace): string | undefined {
  if (workload.mode !== undefined) return workload.mode;
  return Object.hasOwn(namespace.labels, MODE_LABEL) ? namespace.labels[MODE_LABEL] : undefined;
}

/** Whether a workload is portlock's business: not where no label counts, or one that says off. */
export function hasOptedIn(workload: Workload, namespace: Namespace): boolean {
  return (modeLabel(workload, namespace) ?? 'off') !== 'off';
}

/** Reads the opt-in label and the annotations of a workload. Whatever is wrong is a problem, never a guess. */
export function readSettings(workload: Workload, namespace: Namespace): Settings {
  const problems: SettingsProblem[] = [];
  const label = modeLabel(workload, namespace) ?? 'off';
  const mode = MODES.find((known) => known === label) ?? 'invalid';
  if (mode === 'invalid') {
    const where = workload.mode === undefined ? ` of the Namespace ${namespace.name}` : '';
    problems.push({
      reason: 'InvalidMode',
      message: `The label ${MODE_LABEL}${where} must be audit, enforce or off, not ${quote(label)}`,
    });
  }
  const read = <T>(key: string, absent: T, unreadable: T, parse: (text: string) => T): T => {
    const text = Object.hasOwn(workload.annotations, key) ? workload.annotations[key] : undefined;
    if (text === undefined) return absent;
    try {
      if (text.length > MAXIMUM_ANNOTATION_LENGTH)
        throw new AnnotationError(
          `must be at most ${MAXIMUM_ANNOTATION_LENGTH} characters, not ${text.length}`,
        );
      return parse(text);
    } catch (error) {
      if (!(error instanceof AnnotationError)) throw error;
      problems.push({
        reason: 'InvalidAnnotation',
        message: `The annotation ${key} ${error.message}`,
      });
      return unreadable;
    }
  };
  const extraPorts = read(EXTRA_PORTS_ANNOTATION, [], [], parsePortList);
  const allowFrom = read(ALLOW_FROM_ANNOTATION, UNSAID, NARROW, parseAllowFrom);
  const probe = read(PROBE_ANNOTATION, true, false, (text) => oneOf(text, ['on', 'off']) === 'on');
  const acceptedCuts = read(ACCEPT_CUTS_ANNOTATION, [], [], parsePortList);
  return { mode, extraPorts, allowFrom, acceptedCuts, probe, problems };
}

/** The namespaces that allow-from lets in by name, sorted; none where it cannot be read. */
export function namespacesLetIn(workload: Workload): string[] {
  const namespace = { name: workload.namespace, labels: {}, annotations: {} };
  return namedNamespaces(readSettings(workload, namespace).allowFrom);
}

const NARROW: AllowFrom = { others: ['same-namespace'], ports: [] };

/** Parses `9102/TCP,8125/UDP`; blanks around an entry are allowed, an empty text is an empty list. */
function parsePortList(text: string): ContainerPort[] {
  if (text.trim() === '') return [];
  return text.split(',').map((entry) => {
    const port = readPort(entry.trim());
    if (!port)
      throw new AnnotationError(
        `must list ports such as 9102/TCP,8125/UDP with a number from 1 to 65535, not ${quote(entry.trim())}`,
      );
    return { ...port, container: '' };
  });
}

function oneOf<T extends string>(text: string, allowed: readonly T[]): T {
  const found = allowed.find((value) => value === text.trim());
  if (found === undefined)
    throw new AnnotationError(`must be ${allowed.join(' or ')}, not ${quote(text)}`);
  return found;
}
