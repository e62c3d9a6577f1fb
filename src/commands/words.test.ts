import { afterEach, expect, test, vi } from 'vitest';
import { Words } from './words.ts';

afterEach(() => void vi.restoreAllMocks());

test('what is said does nothing to the terminal, and is kept as it was for the result', () => {
  const written: string[] = [];
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => written.push(String(text)) > 0);
  const words = new Words({ isQuiet: false });
  words.warn('could not look inside: \u001b]0;owned\u0007\nno');
  expect(written).toEqual(['Warning: could not look inside: \\x1b]0;owned\\x07\\nno\n']);
  expect(words.warnings).toEqual(['could not look inside: \u001b]0;owned\u0007\nno']);
});
