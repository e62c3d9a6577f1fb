import { expect, test } from 'vitest';
import { versionTrouble } from './version.ts';

// The first release has the number that package.json has already.
test.each(['0.9.0', '0.9.1', '0.10.0', '1.0.0', '0.10.0-rc.1'])('%s may follow 0.9.0', (next) => {
  expect(versionTrouble(next, '0.9.0')).toBeUndefined();
});

test.each(['', 'v1.0.0', '1.0', '1.0.0.0', '01.0.0', '1.0.0-', '1.0.0-RC 1', '1.0.0+5'])(
  '"%s" is no version',
  (next) => {
    expect(versionTrouble(next, '0.9.0')).toMatch(/is no version: give one such as/);
  },
);

test.each(['0.8.9', '0.0.10'])('%s is older than 0.9.0', (next) => {
  expect(versionTrouble(next, '0.9.0')).toMatch(/is older than 0.9.0/);
});
