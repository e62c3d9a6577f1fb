import { expect, test } from 'vitest';
import { decodeText, MAXIMUM_BYTES, tooLarge, UnreadableTextError } from './decode-text.ts';

test.each([
  ['nothing', [], ''],
  ['one byte', [0x61], 'a'],
  ['letters of several bytes', [0xc3, 0xa4, 0xe2, 0x82, 0xac], 'ä€'],
  ['a byte order mark of UTF-8', [0xef, 0xbb, 0xbf, 0x61], 'a'],
])('%s is read', (_what, bytes, expected) => {
  expect(decodeText(Uint8Array.from(bytes))).toBe(expected);
});

test.each([
  [
    'UTF-16, the lower byte first',
    [0xff, 0xfe, 0x61, 0x00],
    'is written in UTF-16; save it in UTF-8',
  ],
  [
    'UTF-16, the upper byte first',
    [0xfe, 0xff, 0x00, 0x61],
    'is written in UTF-16; save it in UTF-8',
  ],
  ['a zero byte', [0x61, 0x00], 'is binary, not text'],
  ['half of a mark of UTF-16', [0xff, 0x61], 'is not written in UTF-8'],
  ['the other half', [0xfe, 0x61], 'is not written in UTF-8'],
  ['half of a letter', [0x61, 0xc3], 'is not written in UTF-8'],
  ['Latin 1', [0xe4, 0x61], 'is not written in UTF-8'],
])('%s is refused in words', (_what, bytes, message) => {
  const read = () => decodeText(Uint8Array.from(bytes));
  expect(read).toThrow(UnreadableTextError);
  expect(read).toThrow(message);
});

test('a size is told in MiB, never less than it is', () => {
  expect(tooLarge(MAXIMUM_BYTES + 1).message).toBe(
    'has 65 MiB, more than the 64 MiB that are read; split it',
  );
});
