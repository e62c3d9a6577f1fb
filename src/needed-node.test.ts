import { expect, test } from 'vitest';
import packageJson from '../package.json' with { type: 'json' };
import { tooOldInWords } from './needed-node.ts';

test.each(['22.19.0', '22.20.1', '23.0.0', '24.21.0'])('Node %s will do', (version) => {
  expect(tooOldInWords(version)).toBeUndefined();
});

test.each(['8.17.0', '20.20.2', '22.18.9'])(
  'Node %s is too old, which one line says',
  (version) => {
    expect(tooOldInWords(version)).toBe(
      `portlock: needs Node ${packageJson.engines.node.replace('>=', '')} or later, and this is Node ${version}`,
    );
  },
);
