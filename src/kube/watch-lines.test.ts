import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { runs } from '../testing/property-runs.ts';
import { MalformedLineError, splitLines, TruncatedLineError } from './watch-lines.ts';

async function* from(chunks: Iterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield* chunks;
}

async function collect(
  chunks: readonly (Uint8Array | string)[],
  longestLineBytes?: number,
): Promise<string[]> {
  const lines: string[] = [];
  const bytes = chunks.map((chunk) => Buffer.from(chunk as Uint8Array));
  for await (const line of splitLines(from(bytes), longestLineBytes)) lines.push(line);
  return lines;
}

/** Cuts `bytes` at the given places, whatever is there. */
function cut(bytes: Buffer, places: readonly number[]): Uint8Array[] {
  const sorted = [0, ...places.map((place) => place % (bytes.length + 1)), bytes.length].sort(
    (a, b) => a - b,
  );
  return sorted.slice(1).map((end, index) => bytes.subarray(sorted[index], end));
}

describe('splitLines', () => {
  it('yields the same lines wherever the bytes are cut', async () => {
    const unit = fc.constantFrom('a', '"', '\r', '\0', 'ü', '€', '𝄞');
    const line = fc.string({ unit, minLength: 1 });
    await fc.assert(
      fc.asyncProperty(fc.array(line), fc.array(fc.nat()), async (lines, places) => {
        const bytes = Buffer.from(lines.map((each) => `${each}\n`).join(''), 'utf8');
        expect(await collect(cut(bytes, places))).toEqual(lines);
      }),
      runs(80),
    );
  });

  it('case 15: joins a character that is split over chunks', async () => {
    const bytes = Buffer.from('{"ü":"𝄞"}\n', 'utf8');
    const single = Array.from(bytes, (byte) => Uint8Array.of(byte));
    expect(await collect(single)).toEqual(['{"ü":"𝄞"}']);
  });

  it('skips empty lines', async () => {
    expect(await collect(['\na\n\n\nb\n'])).toEqual(['a', 'b']);
  });

  it('yields the lines before an unfinished one and then fails', async () => {
    const lines: string[] = [];
    const read = async () => {
      for await (const line of splitLines(from([Buffer.from('a\n{"b":')]))) lines.push(line);
    };
    const ended = read();
    await expect(ended).rejects.toThrow(TruncatedLineError);
    await expect(ended).rejects.toMatchObject({
      name: 'TruncatedLineError',
      message: 'the stream ended 5 bytes into a line',
    });
    expect(lines).toEqual(['a']);
  });

  it.each([
    ['in one chunk', ['12345678901\n']],
    ['in many chunks, before its end has come', ['123456', '78901']],
  ])('refuses a line that is too long, %s', async (_, texts) => {
    const refused = collect(texts, 10);
    await expect(refused).rejects.toThrow(MalformedLineError);
    await expect(refused).rejects.toMatchObject({
      name: 'MalformedLineError',
      message: 'a line is longer than 10 bytes',
    });
  });

  it.each([
    ['in one chunk', ['1234567890\n']],
    ['whose end comes by itself', ['1234567890', '\n']],
  ])('takes a line that is just not too long, %s', async (_, texts) => {
    expect(await collect(texts, 10)).toEqual(['1234567890']);
  });

  it('refuses a line that is longer than any object can be', async () => {
    const refused = collect([Buffer.alloc(16 * 1024 * 1024, 'a'), 'a']);
    await expect(refused).rejects.toThrow('a line is longer than 16777216 bytes');
    await expect(collect([Buffer.alloc(16 * 1024 * 1024, 'a')])).rejects.toThrow(
      'the stream ended 16777216 bytes into a line',
    );
  });

  it('keeps a byte order mark, which is no JSON', async () => {
    expect(await collect(['\ufeff{}\n'])).toEqual(['\ufeff{}']);
  });

  it('refuses bytes that are not UTF-8', async () => {
    const refused = collect([Buffer.from([0x22, 0xff, 0x22, 0x0a])]);
    await expect(refused).rejects.toThrow(MalformedLineError);
    await expect(refused).rejects.toMatchObject({
      message: 'a line is not UTF-8',
      cause: expect.any(TypeError),
    });
  });

  it('reads no further than it is asked to', async () => {
    let read = 0;
    async function* source(): AsyncGenerator<Uint8Array> {
      for (;;) {
        read += 1;
        yield Buffer.from(`${read}\n`);
      }
    }
    const lines = splitLines(source());
    await lines.next();
    await lines.next();
    await new Promise(setImmediate);
    expect(read).toBe(2);
    await lines.return();
  });
});
