import {
  ACCEPT_CUTS_ANNOTATION,
  ALLOW_FROM_ANNOTATION,
  CLOSED_PORTS_ANNOTATION,
  EXTRA_PORTS_ANNOTATION,
  MODE_LABEL,
  PROBE_ANNOTATION,
} from '../../api/names.ts';
import type { Workload } from './workload.ts';

const PREFIX = 'portlock.dev/';
const KNOWN = [
  EXTRA_PORTS_ANNOTATION,
  CLOSED_PORTS_ANNOTATION,
  ALLOW_FROM_ANNOTATION,
  ACCEPT_CUTS_ANNOTATION,
  PROBE_ANNOTATION,
];
const MOST_NAMED = 5;

/** An annotation that looks like portlock's, and does nothing. */
export interface UnknownAnnotation {
  key: string;
  /** Whether it is on the workload itself, or on its pod template, where none is read. */
  on: 'workload' | 'template';
  /** What it may have been meant as, in a sentence without a full stop. */
  words: string;
}

type Annotated = Pick<Workload, 'kind' | 'annotations' | 'template' | 'templateOf'>;

/** Those of a workload, by key; at most five, since whoever writes thousands shall not fill a report. */
export function unknownAnnotations(workload: Annotated): UnknownAnnotation[] {
  const { kind, annotations } = workload;
  const unknown = ownKeys(annotations)
    .filter((key) => !KNOWN.includes(key))
    // To find the nearest takes long.
    .slice(0, MOST_NAMED)
    .map((key): UnknownAnnotation => ({ key, on: 'workload', words: inWords(key) }));
  const misplaced = ownKeys(ofTemplate(workload))
    // Tools that annotate everything write it in both places.
    .filter((key) => annotations[key] !== ofTemplate(workload)[key])
    .map((key): UnknownAnnotation => {
      const words = `the annotation ${key} of the pod template does nothing: set it on the ${kind} itself`;
      return { key, on: 'template', words };
    });
  return [...unknown, ...misplaced].slice(0, MOST_NAMED);
}

/** A template that another workload lends is not this one's to be told of. */
function ofTemplate({ template, templateOf }: Annotated): Readonly<Record<string, string>> {
  return templateOf ? {} : template.annotations;
}

function ownKeys(annotations: Readonly<Record<string, string>>): string[] {
  return Object.keys(annotations)
    .filter((key) => key.startsWith(PREFIX))
    .sort();
}

/** The same in sentences; empty where there are none. */
export function unknownAnnotationsInWords(workload: Annotated): string {
  return unknownAnnotations(workload)
    .map(({ words }) => words)
    .join('. ');
}

function inWords(key: string): string {
  if (key === MODE_LABEL) return `${key} is a label, and does nothing as an annotation`;
  const [nearest] = KNOWN.toSorted((a, b) => distance(key, a) - distance(key, b));
  return `portlock knows no annotation ${key}; the nearest that it knows is ${nearest}`;
}

/** How many characters are to be added, taken away or changed to make one text of the other (Levenshtein). */
function distance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (const [index, character] of [...from].entries()) {
    const next = [index + 1];
    for (const [column, other] of [...to].entries())
      next.push(
        Math.min(
          (row[column + 1] ?? 0) + 1,
          (next[column] ?? 0) + 1,
          (row[column] ?? 0) + (character === other ? 0 : 1),
        ),
      );
    row = next;
  }
  return row[to.length] ?? 0;
}
