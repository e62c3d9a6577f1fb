import type { DispatcherOptions } from '@kubernetes/client-node';
import { Agent, type buildConnector, type Dispatcher, ProxyAgent } from 'undici';
import type { ResolvedCredentials } from './credentials.ts';

/**
 * Three sets of connections, so that a flood of requests delays neither the renewal of the lease nor
 * the opening of a watch.
 */
export type Pool = 'watch' | 'request' | 'lease';

const CONNECT_TIMEOUT_MILLISECONDS: Readonly<Record<Pool, number>> = {
  watch: 10_000,
  request: 10_000,
  lease: 5_000,
};

/** No pool waits longer than the calls that use it; watches live on without a word for minutes. */
const POOL_OPTIONS: Readonly<Record<Pool, Agent.Options>> = {
  watch: { headersTimeout: 30_000, bodyTimeout: 0 },
  request: { headersTimeout: 30_000, bodyTimeout: 30_000, connections: 64 },
  lease: { headersTimeout: 5_000, bodyTimeout: 5_000, connections: 2 },
};

/**
 * The undici dispatchers of the three pools. They are kept as long as certificates stay the same;
 * when those change, new ones take over and the old ones end with their last request.
 */
export class Dispatchers {
  #fingerprint = '';
  #pools = new Map<Pool, Dispatcher>();

  get(pool: Pool, credentials: ResolvedCredentials): Dispatcher {
    if (credentials.fingerprint !== this.#fingerprint) {
      for (const dispatcher of this.#pools.values()) void dispatcher.close();
      this.#pools = new Map();
      this.#fingerprint = credentials.fingerprint;
    }
    let dispatcher = this.#pools.get(pool);
    if (dispatcher === undefined) {
      dispatcher = createDispatcher(credentials.connection, pool);
      this.#pools.set(pool, dispatcher);
    }
    return dispatcher;
  }

  /** Ends all connections, with what is under way on them. */
  async destroy(): Promise<void> {
    const dispatchers = [...this.#pools.values()];
    this.#pools = new Map();
    await Promise.all(dispatchers.map((dispatcher) => dispatcher.destroy()));
  }
}

function createDispatcher(connection: DispatcherOptions, pool: Pool): Dispatcher {
  // With HTTP/2 every call would share one connection, and a black hole on it would be noticed by
  // none of them. Aborting a call ends its stream, not the connection. With HTTP/1.1 it ends both.
  const options: Agent.Options = {
    ...POOL_OPTIONS[pool],
    allowH2: false,
    keepAliveTimeout: 30_000,
  };
  const timeout = CONNECT_TIMEOUT_MILLISECONDS[pool];
  switch (connection.type) {
    case 'proxy': {
      const requestTls = connection.requestTls as buildConnector.BuildOptions;
      return new ProxyAgent({ ...options, uri: connection.uri, requestTls });
    }
    case 'socks':
      throw new TypeError('a SOCKS proxy is not supported: use an http(s) proxy-url');
    case 'agent': {
      const connect = { ...connection.connect, timeout } as buildConnector.BuildOptions;
      return new Agent({ ...options, connect });
    }
    case 'none':
      return new Agent({ ...options, connect: { timeout } });
  }
}
