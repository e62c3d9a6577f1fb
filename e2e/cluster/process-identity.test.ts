import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';

import {
  formatIdentity,
  identify,
  isAlive,
  ownIdentity,
  parseIdentity,
  startTimeIn,
} from './process-identity.ts';

const fields = Array.from({ length: 50 }, (_, index) => index + 3);

describe('the start time in /proc/PID/stat', () => {
  it('is the 22nd field', () => {
    expect(startTimeIn(`12 (node) ${fields.join(' ')}\n`)).toBe('22');
  });

  it('is found behind a command with spaces and parentheses', () => {
    expect(startTimeIn(`12 (a) (b 7 8) ${fields.join(' ')}\n`)).toBe('22');
  });

  it('is undefined where there is none', () => {
    expect(startTimeIn('')).toBeUndefined();
  });
});

describe('the identity of a process', () => {
  it('is alive as long as the process is', async () => {
    const child = spawn('sleep', ['60']);
    const identity = identify(child.pid ?? 0);
    if (identity === undefined) throw new Error('the child has no identity');
    expect(isAlive(identity)).toBe(true);
    child.kill();
    await once(child, 'exit');
    expect(isAlive(identity)).toBe(false);
  });

  it('is not that of a later process with the same pid', () => {
    expect(isAlive({ ...ownIdentity(), startTime: '1' })).toBe(false);
  });

  it('is none where there is no such process', () => {
    expect(identify(2 ** 30)).toBeUndefined();
  });

  it('is read back from the end of a name', () => {
    const identity = { pid: 12, startTime: '345' };
    expect(parseIdentity(formatIdentity(identity))).toEqual(identity);
    expect(parseIdentity(`.kubernetes-0a1b.${formatIdentity(identity)}`)).toEqual(identity);
    expect(parseIdentity(`work-${formatIdentity(identity)}`)).toEqual(identity);
  });

  it.each(['components', 'portlock-1', 'work-', 'work-12', '12-345-x'])(
    'is not read from %j',
    (name) => {
      expect(parseIdentity(name)).toBeUndefined();
    },
  );
});
