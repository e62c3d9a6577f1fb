/** `1 finding`, `1,000 findings`. */
export function countOf(number: number, one: string, many = `${one}s`): string {
  return `${withCommas(number)} ${number === 1 ? one : many}`;
}

/** `3 findings, 2 notes`: a note alone makes no exit code. */
export function countOfFindings(findings: number, notes: number): string {
  return `${countOf(findings, 'finding')}, ${countOf(notes, 'note')}`;
}

/** A whole number. Without Intl, whose first use takes 30 ms. */
function withCommas(number: number): string {
  return String(number).replace(/\B(?=(?:\d{3})+$)/g, ',');
}
