import { expect, test } from 'vitest';
import { commandsOf, wordsOf } from './page-commands.ts';

test('the words of a command are those of a shell', () => {
  expect(wordsOf("kubectl wait --for=jsonpath='{.a b}'=Applied  x")).toEqual([
    'kubectl',
    'wait',
    '--for=jsonpath={.a b}=Applied',
    'x',
  ]);
});

test('a page has its commands in its order, without what is said of them', () => {
  const commands = commandsOf('README.md');
  expect(commands.slice(0, 2)).toEqual(['npm run demo', 'npm test']);
  expect(commands.filter((command) => command.startsWith('kubectl label')).length).toBe(2);
});

test('a line goes on after a backslash and after a pipe', () => {
  const [whole = '', ...others] = commandsOf('docs/gitops.md');
  expect(whole).toMatch(
    /^kubectl create configmap .*health\.lua \| *kubectl patch .*\/dev\/stdin$/,
  );
  expect(others).toEqual([]);
});
