import fc from 'fast-check';

type Path = readonly (string | number)[];

/** What anybody may put in the place of anything. */
const anything = fc.oneof(
  fc.constantFrom(null, 7, -1, 1.5, 'x', '', true, [], {}, [null], [7], ['x'], [{}], { x: 7 }),
  fc.jsonValue({ maxDepth: 2 }),
);

/** The JSON value with up to three of its fields or entries replaced by something else, or taken away. */
export function damaged<T extends object>(whole: T): fc.Arbitrary<T> {
  const damage = fc.record({
    path: fc.constantFrom(...pathsOf(whole)),
    value: fc.option(anything, { nil: undefined, freq: 6 }),
  });
  return fc.array(damage, { minLength: 1, maxLength: 3 }).map((damages) => {
    const copy = structuredClone(whole);
    for (const { path, value } of damages) replace(copy, path, structuredClone(value));
    return copy;
  });
}

function pathsOf(value: unknown): Path[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, child]) => [
    [key],
    ...pathsOf(child).map((path) => [key, ...path]),
  ]);
}

function replace(whole: object, path: Path, value: unknown): void {
  let parent: unknown = whole;
  for (const key of path.slice(0, -1)) parent = (parent as Record<string, unknown>)?.[key];
  // What leads there may have been damaged before.
  if (typeof parent !== 'object' || parent === null) return;
  const last = path.at(-1) ?? '';
  if (value === undefined) delete (parent as Record<string, unknown>)[last];
  else (parent as Record<string, unknown>)[last] = value;
}
