import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { KubeConfig } from '@kubernetes/client-node';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Credentials } from './credentials.ts';

let directory: string;
let now: number;
beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'portlock-credentials-'));
  now = 0;
  vi.spyOn(performance, 'now').mockImplementation(() => now);
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(directory, { recursive: true });
});

function of(user: object, cluster: object = {}): Credentials {
  const config = new KubeConfig();
  const server = 'https://api.example:6443';
  config.loadFromClusterAndUser(
    { name: 'a', server, skipTLSVerify: true, ...cluster },
    { name: 'tester', ...user },
  );
  return new Credentials(config);
}

/** Headers, without those of the library. */
const authorization = async (credentials: Credentials) =>
  (await credentials.resolve()).headers.authorization;

describe('what lets a request in', () => {
  it('is a token', async () => {
    expect(await authorization(of({ token: 'secret' }))).toBe('Bearer secret');
  });

  it('is a token of a file, without the line feed at its end', async () => {
    const file = path.join(directory, 'token');
    writeFileSync(file, 'secret\n');
    const credentials = of({ authProvider: { name: 'tokenFile', config: { tokenFile: file } } });
    expect(await authorization(credentials)).toBe('Bearer secret');
  });

  it('is a name and a password', async () => {
    const encoded = Buffer.from('me:word').toString('base64');
    expect(await authorization(of({ username: 'me', password: 'word' }))).toBe(`Basic ${encoded}`);
  });

  it('is nothing, where the user has nothing', async () => {
    expect(await authorization(of({}))).toBeUndefined();
  });

  it('is asked of the server of the current cluster', () => {
    expect(of({}).server.href).toBe('https://api.example:6443/');
    expect(() => new Credentials(new KubeConfig())).toThrow(
      new TypeError('the KubeConfig has no current cluster'),
    );
  });
});

describe('credentials are read', () => {
  it.each([
    ['once in ten seconds', 10_000, true],
    ['again after that', 10_001, false],
  ])('%s', async (_when, later, isSame) => {
    const credentials = of({ token: 'secret' });
    const first = credentials.resolve();
    now += later;
    expect(credentials.resolve() === first).toBe(isSame);
    await first;
  });

  it('again where certificates may be new, by the same generation of tokens', async () => {
    const credentials = of({ token: 'secret' });
    const first = credentials.resolve();
    credentials.expire();
    expect(credentials.resolve()).not.toBe(first);
    expect((await credentials.resolve()).generation).toBe((await first).generation);
  });

  it('again where they were refused, once a second at most', async () => {
    const credentials = of({ token: 'secret' });
    const generation = async () => (await credentials.resolve()).generation;
    const first = await generation();
    now = 5000;
    credentials.refuse();
    expect(await generation()).toBe(first + 1);
    now += 999;
    credentials.refuse();
    expect(await generation()).toBe(first + 1);
    now += 1;
    credentials.refuse();
    expect(await generation()).toBe(first + 2);
    expect(await authorization(credentials)).toBe('Bearer secret');
  });

  it('again at once where they could not be read', async () => {
    const file = path.join(directory, 'ca.crt');
    const credentials = of({}, { skipTLSVerify: false, caFile: file });
    await expect(credentials.resolve()).rejects.toThrow('ENOENT');
    writeFileSync(file, 'certificate');
    await expect(credentials.resolve()).resolves.toMatchObject({ generation: 0 });
  });
});

describe('the fingerprint', () => {
  const fingerprint = async (user: object, ca?: string) => {
    const file = path.join(directory, 'ca.crt');
    if (ca !== undefined) writeFileSync(file, ca);
    const cluster = ca === undefined ? {} : { skipTLSVerify: false, caFile: file };
    return (await of(user, cluster).resolve()).fingerprint;
  };

  it('is the same for another token: no connection has to be made anew', async () => {
    expect(await fingerprint({ token: 'a' })).toBe(await fingerprint({ token: 'b' }));
  });

  it('is another one for another certificate, and shows nothing of it', async () => {
    const first = await fingerprint({}, 'certificate');
    expect(first).not.toBe(await fingerprint({}, 'another'));
    expect(first).toMatch(/^[0-9a-f]{64}$/);
  });
});
