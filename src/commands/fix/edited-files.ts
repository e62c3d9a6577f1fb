import { readFileSync, writeFileSync } from 'node:fs';
import { decodeText } from '../manifests/decode-text.ts';
import type { FixPlan } from './fix-plan.ts';

/** A file, and how it is to be. */
export interface EditedFile {
  file: string;
  before: string;
  after: string;
}

const BYTE_ORDER_MARK = '\ufeff';

/** Puts the lines of a plan into the texts of its files. */
export function editedFiles({ edits }: FixPlan): EditedFile[] {
  return [...edits].map(([file, edited]) => {
    const before = decodeText(readFileSync(file));
    const insertions = edited
      .map(({ document, insertion }) => ({
        offset: offsetOfLine(before, document.line) + insertion.offset,
        text: insertion.text,
      }))
      // From the end on, so that no offset changes.
      .sort((a, b) => b.offset - a.offset);
    let after = before;
    for (const { offset, text } of insertions)
      after = after.slice(0, offset) + text + after.slice(offset);
    return { file, before, after };
  });
}

/** Writes a file as it is to be, with the byte order mark that it had. */
export function writeEdited({ file, after }: EditedFile): void {
  const [first, second, third] = readFileSync(file);
  const hasMark = first === 0xef && second === 0xbb && third === 0xbf;
  writeFileSync(file, (hasMark ? BYTE_ORDER_MARK : '') + after);
}

/** @param line from 1 */
function offsetOfLine(text: string, line: number): number {
  let offset = 0;
  for (let at = 1; at < line; at += 1) offset = text.indexOf('\n', offset) + 1;
  return offset;
}
