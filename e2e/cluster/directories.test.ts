import { describe, expect, it } from 'vitest';

import { ClusterError } from './cluster-error.ts';
import { directories } from './directories.ts';

describe('the cache', () => {
  it('is what PORTLOCK_E2E_CACHE says, else in XDG_CACHE_HOME, else in ~/.cache', () => {
    const cache = (environment: NodeJS.ProcessEnv) => directories(environment).cache;
    const home = { HOME: '/home/me' };
    expect(cache(home)).toBe('/home/me/.cache/portlock-e2e');
    expect(cache({ ...home, XDG_CACHE_HOME: '/caches' })).toBe('/caches/portlock-e2e');
    expect(cache({ ...home, XDG_CACHE_HOME: '/c', PORTLOCK_E2E_CACHE: '/e2e' })).toBe('/e2e');
  });

  it.each(['/var/lib/e2e', '/run/e2e', '/var/log', `/${'long/'.repeat(20)}`])(
    'cannot be %s',
    (path) => {
      expect(() => directories({ PORTLOCK_E2E_CACHE: path })).toThrow(ClusterError);
    },
  );
});
