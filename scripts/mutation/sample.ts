/** Which lines a sampled run mutates. */
import { createHash } from 'node:crypto';

export interface SourceFile {
  /** Relative to the root, with slashes. */
  file: string;
  text: string;
}

/** Lines that hold no expression: comments, imports, ends of blocks. */
const WITHOUT_CODE = /^\s*(\/\/|\/?\*|import\b|export type\b|[\])};,]*\s*$)/;

/**
 * Draws `count` lines of code at random, the same ones for the same seed, as `file:line`. Whether a line is drawn
 * hangs on its text and its place among equal lines alone, so an edit elsewhere leaves the rest of the sample as it was.
 */
export function drawnLines(files: readonly SourceFile[], count: number, seed: string): string[] {
  return files
    .flatMap(({ file, text }) => {
      const times = new Map<string, number>();
      return text.split('\n').flatMap((line, index) => {
        if (WITHOUT_CODE.test(line)) return [];
        const time = (times.get(line) ?? 0) + 1;
        times.set(line, time);
        const rank = createHash('sha256').update([seed, file, line, time].join('\0')).digest('hex');
        return [{ place: `${file}:${index + 1}`, rank }];
      });
    })
    .sort((a, b) => (a.rank < b.rank ? -1 : 1))
    .slice(0, count)
    .map(({ place }) => place);
}
