/** So many references of one other namespace are looked at, and so many of them that lead here: all that it has cost no more time. */
const MAXIMUM_LOOKED_AT = 65_536;
const MAXIMUM_READ = 4096;

/** Those references that lead here: all that the pods' own namespace makes, and of another the first. */
export function leadingHere<T>(
  references: Iterable<T>,
  leads: (reference: T) => boolean,
  isOwn: boolean,
): IteratorObject<T, undefined> {
  const all = Iterator.from(references);
  if (isOwn) return all.filter(leads);
  return all.take(MAXIMUM_LOOKED_AT).filter(leads).take(MAXIMUM_READ);
}
