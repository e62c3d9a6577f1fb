/** A place in a file, as far as it is known. */
interface Place {
  /** Null or empty where it is in no file. */
  file: string | null;
  line: number | null;
  column?: number | null;
}

/** `file:line:column`, as far as these are known; empty where it is in no file. */
export function placeText({ file, line, column = null }: Place): string {
  if (file === null || file === '') return '';
  return [file, line, column].filter((part) => part !== null).join(':');
}
