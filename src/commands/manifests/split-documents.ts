import { jsonObjectsIn } from './json-stream.ts';
import type { SourceDocument } from './manifest.ts';

/** "---" at the start of a line, which nothing else in YAML may be: not even a line of a long text. */
const MARKER = /^---(?=[ \t\r\n]|$)/gm;
/** A line that a document cannot consist of: blanks, a comment, a directive, the mark of its end. */
const EMPTY_LINE = /^(?:---)?[ \t\r]*(?:#.*)?$|^%|^\.\.\.[ \t\r]*$/;

/** The documents of a text, so that one that is broken takes no other with it. */
export function splitDocuments(file: string, text: string): SourceDocument[] {
  const starts = [0, ...[...text.matchAll(MARKER)].map(({ index }) => index)];
  let line = 1;
  return starts.flatMap((start, index) => {
    const document = { file, line, text: text.slice(start, starts[index + 1]) };
    line += newlines(document.text);
    return isEmpty(document.text) ? [] : objectsOf(document);
  });
}

function objectsOf(document: SourceDocument): SourceDocument[] {
  const { file, text } = document;
  let at = 0;
  let { line } = document;
  return (
    jsonObjectsIn(text)?.map(({ start, end }) => {
      line += newlines(text.slice(at, start));
      at = start;
      return { file, line, text: text.slice(start, end) };
    }) ?? [document]
  );
}

function isEmpty(text: string): boolean {
  // Most documents are told by a key at the start of a line.
  return !/^\w/m.test(text) && text.split('\n').every((line) => EMPTY_LINE.test(line));
}

/** How many line feeds there are before the end. */
export function newlines(text: string, end = text.length): number {
  let count = 0;
  for (let at = text.indexOf('\n'); at >= 0 && at < end; at = text.indexOf('\n', at + 1))
    count += 1;
  return count;
}
