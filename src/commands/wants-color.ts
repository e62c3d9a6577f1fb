/** As no-color.org has it: only on a terminal, and not where NO_COLOR is set and not empty. */
export function wantsColor(): boolean {
  return process.stdout.isTTY && !process.env.NO_COLOR && process.env.TERM !== 'dumb';
}
