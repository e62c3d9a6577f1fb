import { EVENT_ID, type Event, getScalarValue, parseEvents } from 'js-yaml';
import type { PathSegment, SourceDocument } from './manifest.ts';
import { newlines } from './split-documents.ts';

/** A value of a document: where it, or the key before it, begins, and what is in it. */
interface SourceNode {
  /** Offset into the text. */
  start: number;
  children: ReadonlyMap<PathSegment, SourceNode>;
}

/**
 * The line, from 1, on which a field of a document that could be parsed begins; that of the nearest field around it
 * where there is none.
 *
 * @param path begins with the number of the value in the document, which is 0 for mostly all
 */
export function lineOf(document: SourceDocument, path: readonly PathSegment[]): number {
  let node = sourceTree(document.text);
  for (const segment of path) {
    const child = node.children.get(segment);
    if (child === undefined) break;
    node = child;
  }
  return lineAt(document, node.start);
}

/** The lines on which the entries of the list at that path begin. */
export function linesOfEntries(document: SourceDocument, path: readonly PathSegment[]): number[] {
  let node: SourceNode | undefined = sourceTree(document.text);
  for (const segment of path) node = node?.children.get(segment);
  const lines: number[] = [];
  let [line, from] = [document.line, 0];
  for (const { start } of node?.children.values() ?? []) {
    line += newlines(document.text.slice(from, start));
    from = start;
    lines.push(line);
  }
  return lines;
}

function lineAt({ line, text }: SourceDocument, offset: number): number {
  return line + newlines(text, offset);
}

/** Parses the text once more: only what is said about a place needs it. */
function sourceTree(text: string): SourceNode {
  const events = parseEvents(text, {});
  let at = 0;
  const next = (): SourceNode | undefined => {
    const event = events[at];
    at += 1;
    switch (event?.type) {
      case EVENT_ID.SEQUENCE:
        return { start: event.start, children: entries() };
      case EVENT_ID.MAPPING:
        return { start: event.start, children: fields() };
      case EVENT_ID.DOCUMENT:
        return entries().get(0);
      case EVENT_ID.SCALAR:
      case EVENT_ID.ALIAS:
        return { start: startOf(event), children: new Map() };
      default:
        return undefined;
    }
  };
  const entries = () => {
    const children = new Map<PathSegment, SourceNode>();
    for (let child = next(); child; child = next()) children.set(children.size, child);
    return children;
  };
  const fields = () => {
    const children = new Map<PathSegment, SourceNode>();
    while (true) {
      const event = events[at];
      const key = next();
      const value = key && next();
      if (!event || !key || !value) return children;
      const name = event.type === EVENT_ID.SCALAR ? getScalarValue(text, event) : '';
      children.set(name, { start: key.start, children: value.children });
    }
  };
  return { start: 0, children: entries() };
}

function startOf(event: Extract<Event, { type: 4 | 5 }>): number {
  return event.type === EVENT_ID.SCALAR ? event.valueStart : event.anchorStart;
}
