import { describe, expect, it } from 'vitest';

import { isProvided } from './search-path.ts';

describe('what is provided', () => {
  it('is a command in PATH or a file', () => {
    expect(isProvided('sh')).toBe(true);
    expect(isProvided('/bin/sh')).toBe(true);
    expect(isProvided('no-such-command')).toBe(false);
    expect(isProvided('/no/such/file')).toBe(false);
  });
});
