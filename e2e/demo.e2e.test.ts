import { afterAll, expect, inject, test } from 'vitest';
import { playStory } from './demo/story.ts';
import { kubectlOf } from './harness/environment.ts';

const kubectl = kubectlOf(inject('environment'));

afterAll(() =>
  kubectl.run(['delete', 'namespace', 'portlock-demo', '--wait=false', '--ignore-not-found']),
);

test('the demo plays the seven steps, each with what a client could reach', async () => {
  const printed: string[] = [];
  await playStory(kubectl, (text) => printed.push(text), new AbortController().signal);
  const text = printed.join('\n');
  for (const step of [1, 2, 3, 4, 5, 6, 7]) expect(text).toContain(`\n${step}. `);
  expect(text).toContain('  9090     open     timeout');
  expect(text).toContain('9090/TCP: UndeclaredReachable. Widened by allow-all');
  expect(text).toContain('PolicyReverted');
});
