import type { OlmCall } from './olm-calls.ts';

/** A place in a file, as editors count: from 1. */
export interface Place {
  /** As it was named, or found under a folder that was; `-` for stdin; empty of an object of a cluster. */
  file: string;
  line: number;
}

/** `file:line`; empty of an object of a cluster. */
export function placeInWords({ file, line }: Place): string {
  return file === '' ? '' : `${file}:${line}`;
}

/** A document of a file. */
export interface SourceDocument extends Place {
  text: string;
}

/** An object in wire form. Nobody has checked it further. */
export interface Wire {
  apiVersion: string;
  kind: string;
  metadata?: unknown;
  spec?: unknown;
}

/** An object, and where it stands. */
export interface Manifest extends Place {
  wire: Wire;
  document: SourceDocument;
  /** Where in the document: empty unless it is an item of a List. */
  path: readonly PathSegment[];
  /** What OLM has call the Deployment; undefined of all that is not of a ClusterServiceVersion. */
  olmCalls?: readonly OlmCall[];
}

/** A field, or an entry of a list. */
export type PathSegment = string | number;

/** Why something of the input cannot be read. */
export interface Problem {
  file: string;
  /** From 1; undefined where it is about the whole file. */
  line?: number;
  /** From 1. */
  column?: number;
  /** One sentence without a full stop. */
  message: string;
  /** The line in question, as it is. */
  excerpt?: string;
}

/** What was read. */
export interface Input {
  manifests: readonly Manifest[];
  problems: readonly Problem[];
  /** What is of no concern, or not as it may seem, in sentences without a full stop. */
  notes: readonly string[];
}
