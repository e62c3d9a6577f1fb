/** Larger than any object that etcd takes (1.5 MB) can become as JSON with its managed fields. */
const LONGEST_LINE_BYTES = 16 * 1024 * 1024;

const NEWLINE = 0x0a;

/** A line of a watch that cannot be understood: an event may be lost, so only a new list helps. */
export class MalformedLineError extends Error {
  override readonly name = 'MalformedLineError';
}

/** The stream ended inside a line: no event before it is lost, and the watch can be resumed. */
export class TruncatedLineError extends Error {
  override readonly name = 'TruncatedLineError';
}

/**
 * Splits a stream of bytes at newlines and yields the non-empty lines as text. Bytes are joined
 * before they are decoded, so a character may be split across chunks. The source is read only as
 * fast as the lines are taken.
 * @throws MalformedLineError for a line that is longer than `longestLineBytes` or is not UTF-8
 * @throws TruncatedLineError when the source ends without a newline
 */
export async function* splitLines(
  source: AsyncIterable<Uint8Array>,
  longestLineBytes: number = LONGEST_LINE_BYTES,
): AsyncGenerator<string, void, void> {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  let pieces: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of source) {
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, start)) {
      pieces.push(chunk.subarray(start, end));
      length += end - start;
      start = end + 1;
      if (length > longestLineBytes) throw tooLong(longestLineBytes);
      if (length > 0) yield decode(decoder, pieces);
      pieces = [];
      length = 0;
    }
    if (start < chunk.length) pieces.push(chunk.subarray(start));
    length += chunk.length - start;
    if (length > longestLineBytes) throw tooLong(longestLineBytes);
  }
  if (length > 0) throw new TruncatedLineError(`the stream ended ${length} bytes into a line`);
}

function decode(decoder: InstanceType<typeof TextDecoder>, pieces: readonly Uint8Array[]): string {
  const [only] = pieces;
  try {
    return decoder.decode(pieces.length === 1 ? only : Buffer.concat(pieces));
  } catch (error) {
    throw new MalformedLineError('a line is not UTF-8', { cause: error });
  }
}

function tooLong(limit: number): MalformedLineError {
  return new MalformedLineError(`a line is longer than ${limit} bytes`);
}
