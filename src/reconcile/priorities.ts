/**
 * `change`: something happened to the object; `resync`: it is only looked at again; `rest`: what was
 * urgent of it is done.
 */
export type Priority = 'change' | 'resync' | 'rest';

/** From what goes first to what goes last. */
export const PRIORITIES: readonly Priority[] = ['change', 'resync', 'rest'];

export function sooner(a: Priority, b: Priority): Priority {
  return PRIORITIES.indexOf(a) < PRIORITIES.indexOf(b) ? a : b;
}
