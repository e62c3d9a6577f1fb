/** Larger files are rejected unread, in bytes: no manifest is so large, and all of it is kept in memory. */
export const MAXIMUM_BYTES = 64 * 1024 * 1024;

/** The text of a file is not one that can be read; the message says why. */
export class UnreadableTextError extends Error {
  override readonly name = 'UnreadableTextError';
}

/**
 * The text of a file in UTF-8, without its byte order mark.
 * @throws UnreadableTextError
 */
export function decodeText(bytes: Uint8Array): string {
  if (bytes.length > MAXIMUM_BYTES) throw tooLarge(bytes.length);
  const [first, second] = bytes;
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff))
    throw new UnreadableTextError('is written in UTF-16; save it in UTF-8');
  if (bytes.includes(0)) throw new UnreadableTextError('is binary, not text');
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    throw new UnreadableTextError('is not written in UTF-8', { cause: error });
  }
}

/** @param size in bytes */
export function tooLarge(size: number): UnreadableTextError {
  const megabytes = (bytes: number) => `${Math.ceil(bytes / 1024 / 1024)} MiB`;
  return new UnreadableTextError(
    `has ${megabytes(size)}, more than the ${megabytes(MAXIMUM_BYTES)} that are read; split it`,
  );
}
