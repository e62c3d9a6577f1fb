import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';

import { npmEnvironment, shellExports } from './npm-mounts.ts';

describe('the environment for npm in a build', () => {
  it('is what leads to the registry', () => {
    const wanted = {
      NODE_EXTRA_CA_CERTS: '/certificates.crt',
      npm_config_registry: 'https://registry.example/',
      HTTPS_PROXY: 'http://proxy.example:3128',
      no_proxy: 'localhost',
    };
    expect(npmEnvironment({ ...wanted, HOME: '/root', PATH: '/bin', TOKEN: 'secret' })).toEqual(
      wanted,
    );
  });

  it('is not what npm run says of itself', () => {
    expect(
      npmEnvironment({
        npm_config_userconfig: '/root/.npmrc',
        npm_config_cache: '/root/.npm',
        npm_config_prefix: '/usr',
        npm_config_user_agent: 'npm',
      }),
    ).toEqual({});
  });

  it('survives a shell, whatever is in it', () => {
    const value = `it's "$HOME" \`date\` \\ \n end`;
    const script = `${shellExports({ A: value })}printf %s "$A"`;
    expect(execFileSync('sh', ['-c', script], { encoding: 'utf8' })).toBe(value);
  });
});
