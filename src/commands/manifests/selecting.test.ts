import { expect, test } from 'vitest';
import { Selecting } from './selecting.ts';

const all = new Selecting<string>();
all.add('web', 'shop', { matchLabels: { app: 'web' } });
all.add('everything', 'shop', {});
all.add('db', 'shop', { matchLabels: { app: 'db' } });
all.add('elsewhere', 'bank', { matchLabels: { app: 'web' } });
all.add('old', 'shop', { matchLabels: { version: 'old' } });
for (let more = 0; more < 10; more += 1) all.add(`more-${more}`, 'many', {});

test.each<[string, string, Record<string, string>[], string[]]>([
  ['by their labels, and those that ask for none', 'shop', [{ app: 'web' }], ['web', 'everything']],
  [
    'by those of another set, too',
    'shop',
    [{ app: 'web' }, { app: 'db' }],
    ['web', 'everything', 'db'],
  ],
  [
    'once, whatever asks for them',
    'shop',
    [{ app: 'web' }, { app: 'web', version: 'old' }],
    ['web', 'everything', 'old'],
  ],
  ['of their namespace', 'bank', [{ app: 'web' }], ['elsewhere']],
  ['of no other', 'none', [{ app: 'web' }], []],
  ['none for no labels at all', 'shop', [], []],
  [
    'in the order in which they were added, beyond ten too',
    'many',
    [{}],
    Array.from({ length: 10 }, (_, index) => `more-${index}`),
  ],
])('selecting are found %s', (_how, namespace, labels, expected) => {
  expect(all.candidates(namespace, labels)).toEqual(expected);
});
