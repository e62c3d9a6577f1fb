import type { Protocol } from '../../api/kubernetes.ts';
import {
  ACCEPT_CUTS_ANNOTATION,
  ALLOW_FROM_ANNOTATION,
  CLOSED_PORTS_ANNOTATION,
  EXTRA_PORTS_ANNOTATION,
  MODE_LABEL,
  PROBE_ANNOTATION,
} from '../../api/names.ts';
import { type AcceptedCut, parseAcceptedCuts } from './accepted-cuts.ts';
import { type AllowFrom, namedNamespaces, parseAllowFrom, UNSAID } from './allow-from.ts';
import { AnnotationError, quote } from './annotation-error.ts';
import { portKey } from './declared-ports.ts';
import { type ModeDefaults, modeLabel, NO_DEFAULTS } from './mode.ts';
import { isInRange, type PortRange } from './port-range.ts';
import { readPort } from './port-text.ts';
import type { ContainerPort, Namespace, Workload } from './workload.ts';

export type Mode = 'audit' | 'enforce' | 'off' | 'invalid';

/** What the owner of a workload asks for by its label and annotations. */
export interface Settings {
  mode: Mode;
  extraPorts: readonly ContainerPort[];
  /** The ranges among them. */
  extraRanges: readonly PortRange[];
  /** Declared ports that nobody is to reach. */
  closedPorts: readonly ContainerPort[];
  /** Who may connect; the pods of the namespace where the annotation cannot be read. */
  allowFrom: AllowFrom;
  /** Ports that somebody uses and that may be closed all the same, those that have ended, too. */
  acceptedCuts: readonly AcceptedCut[];
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

/** Reads the opt-in label and the annotations of a workload. Whatever is wrong is a problem, never a guess. */
export function readSettings(
  workload: Workload,
  namespace: Namespace,
  defaults: ModeDefaults = NO_DEFAULTS,
): Settings {
  const problems: SettingsProblem[] = [];
  const label = modeLabel(workload, namespace, defaults) ?? 'off';
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
  const extra = read(EXTRA_PORTS_ANNOTATION, NO_PORTS, NO_PORTS, parsePortsAndRanges);
  const closedPorts = read(CLOSED_PORTS_ANNOTATION, [], [], parsePortList);
  problems.push(...contradictions(extra, closedPorts));
  const allowFrom = read(ALLOW_FROM_ANNOTATION, UNSAID, NARROW, parseAllowFrom);
  const probe = read(PROBE_ANNOTATION, true, false, (text) => oneOf(text, ['on', 'off']) === 'on');
  const acceptedCuts = read(ACCEPT_CUTS_ANNOTATION, [], [], parseAcceptedCuts);
  return {
    mode,
    extraPorts: extra.ports,
    extraRanges: extra.ranges,
    closedPorts,
    allowFrom,
    acceptedCuts,
    probe,
    problems,
  };
}

/** The namespaces that allow-from lets in by name, sorted; none where it cannot be read. */
export function namespacesLetIn(workload: Workload): string[] {
  const namespace = { name: workload.namespace, labels: {}, annotations: {} };
  return namedNamespaces(readSettings(workload, namespace).allowFrom);
}

const NARROW: AllowFrom = { others: ['same-namespace'], ports: [] };

interface PortsAndRanges {
  ports: ContainerPort[];
  ranges: PortRange[];
}
const NO_PORTS: PortsAndRanges = { ports: [], ranges: [] };

/** A port cannot be both opened and closed: which one is meant is for the owner to say. */
function contradictions(
  { ports, ranges }: PortsAndRanges,
  closed: readonly ContainerPort[],
): SettingsProblem[] {
  const opened = new Set(ports.map(({ port, protocol }) => portKey(port, protocol)));
  const both = closed.find(
    (each) =>
      opened.has(portKey(each.port, each.protocol)) ||
      ranges.some((range) => isInRange(range, each)),
  );
  if (!both) return [];
  const message = `The annotation ${CLOSED_PORTS_ANNOTATION} must not list ${portKey(both.port, both.protocol)}, which ${EXTRA_PORTS_ANNOTATION} opens: take it out of one of them`;
  return [{ reason: 'InvalidAnnotation', message }];
}

/** Parses `9102/TCP,50100-50200/UDP`: the last port of a range is greater than the first. */
function parsePortsAndRanges(text: string): PortsAndRanges {
  const ports: ContainerPort[] = [];
  const ranges: PortRange[] = [];
  if (text.trim() === '') return NO_PORTS;
  for (const entry of text.split(',')) {
    const match = /^(\d{1,5})-(\d{1,5})\/(TCP|UDP|SCTP)$/.exec(entry.trim());
    if (!match) {
      ports.push(parsePort(entry));
      continue;
    }
    const [first, last] = [Number(match[1]), Number(match[2])];
    if (first === last && first >= 1 && last <= 65535)
      throw new AnnotationError(
        `must list a range of one port as that port, ${portKey(first, match[3] as Protocol)}, not ${quote(entry.trim())}`,
      );
    if (first < 1 || last > 65535 || first >= last)
      throw new AnnotationError(
        `must list ranges such as 50100-50200/UDP with numbers from 1 to 65535, the lower one first, not ${quote(entry.trim())}`,
      );
    ranges.push({ first, last, protocol: match[3] as Protocol });
  }
  return { ports, ranges };
}

/** Parses `9102/TCP,8125/UDP`; blanks around an entry are allowed, an empty text is an empty list. */
function parsePortList(text: string): ContainerPort[] {
  if (text.trim() === '') return [];
  return text.split(',').map(parsePort);
}

function parsePort(entry: string): ContainerPort {
  const port = readPort(entry.trim());
  if (!port)
    throw new AnnotationError(
      `must list ports such as 9102/TCP,8125/UDP with a number from 1 to 65535, not ${quote(entry.trim())}`,
    );
  return { ...port, container: '' };
}

function oneOf<T extends string>(text: string, allowed: readonly T[]): T {
  const found = allowed.find((value) => value === text.trim());
  if (found === undefined)
    throw new AnnotationError(`must be ${allowed.join(' or ')}, not ${quote(text)}`);
  return found;
}
