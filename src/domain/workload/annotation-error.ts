/** What is wrong with the value of an annotation: the rest of a sentence that begins with its key. */
export class AnnotationError extends Error {}

/** User text in a message: on one line, and short enough for an Event. */
export function quote(text: string): string {
  const short = text.length > 60 ? `${text.slice(0, 60)}…` : text;
  return JSON.stringify(short);
}
