import { expect, test } from 'vitest';
import { contestInWords } from './contest.ts';

test.each<[string[], string]>([
  [[], 'by somebody else,'],
  [['kubectl'], 'by kubectl,'],
  [['argocd', 'flux', 'kubectl'], 'by argocd, flux, kubectl,'],
  [['a', 'b', 'c', 'd', 'e'], 'by a, b, c and 2 more,'],
])('a fight names up to three who change the policy: %j', (by, words) => {
  const said = contestInWords('web-portlock', { since: 0, by });
  expect(said).toContain('The NetworkPolicy web-portlock is changed again and again');
  expect(said).toContain(words);
});
