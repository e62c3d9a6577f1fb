import { expect, test } from 'vitest';
import { Words } from './words.ts';

test('what is said does nothing to the terminal, and is kept as it was for the result', () => {
  const written: string[] = [];
  const words = new Words({ isQuiet: false }, { stderr: (text) => written.push(text) });
  words.warn('could not look inside: \u001b]0;owned\u0007\nno');
  expect(written).toEqual(['Warning: could not look inside: \\x1b]0;owned\\x07\\nno\n']);
  expect(words.warnings).toEqual(['could not look inside: \u001b]0;owned\u0007\nno']);
});

test('who asks for quiet still hears of findings', () => {
  const written: string[] = [];
  const words = new Words({ isQuiet: true }, { stderr: (text) => written.push(text) });
  words.say('2 workloads');
  words.warn('passed over');
  words.tell('web.yaml:1: found');
  expect(written).toEqual(['web.yaml:1: found\n']);
});
