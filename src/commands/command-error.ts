/** A command cannot do what it was asked to; the message is one line that says why. Exit code 2. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
}
