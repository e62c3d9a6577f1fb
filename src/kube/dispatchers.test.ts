import { Agent, ProxyAgent } from 'undici';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { ResolvedCredentials } from './credentials.ts';
import { Dispatchers } from './dispatchers.ts';

const dispatchers = new Dispatchers();
afterEach(() => dispatchers.destroy());

const credentials = (
  fingerprint: string,
  connection: unknown = { type: 'none' },
): ResolvedCredentials => ({
  headers: {},
  connection: connection as ResolvedCredentials['connection'],
  fingerprint,
  generation: 0,
});

describe('connections', () => {
  it('of each pool are its own, and kept while certificates stay the same', () => {
    const pools = (['watch', 'request', 'lease'] as const).map((pool) =>
      dispatchers.get(pool, credentials('a')),
    );
    expect(new Set(pools).size).toBe(3);
    expect(dispatchers.get('lease', credentials('a'))).toBe(pools[2]);
  });

  it('are made anew with other certificates; those of before end with their last request', () => {
    const before = dispatchers.get('request', credentials('a')) as Agent;
    const destroy = vi.spyOn(before, 'destroy');
    expect(dispatchers.get('request', credentials('b'))).not.toBe(before);
    expect(before.closed).toBe(true);
    expect(destroy).not.toHaveBeenCalled();
  });

  it('end at once in the end, and are made anew for who asks after it', async () => {
    const before = dispatchers.get('request', credentials('a'));
    await dispatchers.destroy();
    expect((before as Agent).destroyed).toBe(true);
    expect(dispatchers.get('request', credentials('a'))).not.toBe(before);
  });

  it.each<[unknown, typeof Agent | typeof ProxyAgent]>([
    [{ type: 'none' }, Agent],
    [{ type: 'agent', connect: {} }, Agent],
    [{ type: 'proxy', uri: 'http://proxy.example:3128', requestTls: {} }, ProxyAgent],
  ])('are made as the config says: %j', (connection, kind) => {
    expect(dispatchers.get('watch', credentials('a', connection))).toBeInstanceOf(kind);
  });

  it.each([
    ['request', 64],
    ['lease', 2],
  ] as const)('of the %s pool are %i at most; who comes later waits', (pool, most) => {
    const agent = dispatchers.get(pool, credentials('a')) as Agent;
    const origin = 'http://127.0.0.1:9';
    for (let count = 0; count < most + 3; count += 1)
      void agent.request({ origin, path: '/', method: 'GET' }).catch(() => {});
    expect(agent.stats[origin]).toMatchObject({ size: most + 3, queued: 3 });
  });

  it('by a SOCKS proxy are refused, with what is possible', () => {
    expect(() => dispatchers.get('watch', credentials('a', { type: 'socks' }))).toThrow(
      'a SOCKS proxy is not supported: use an http(s) proxy-url',
    );
  });
});
