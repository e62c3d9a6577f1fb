import { createHash } from 'node:crypto';
import type { AgentOptions, RequestOptions } from 'node:https';
import { type DispatcherOptions, KubeConfig } from '@kubernetes/client-node';

/** How long headers and certificates are used before the files behind them are read again. */
const LIFETIME_MILLISECONDS = 10_000;

/** Refused credentials are read again at once, but no more often than this: a plugin may be slow. */
const REFUSAL_INTERVAL_MILLISECONDS = 1_000;

/** What a request needs to be let in. Never log it. */
export interface ResolvedCredentials {
  headers: Readonly<Record<string, string>>;
  /** How to connect: directly or through a proxy, and with which certificates. */
  connection: DispatcherOptions;
  /** Changes when the connection has to be made in another way. */
  fingerprint: string;
  /** Changes when tokens have been read anew, so that many refusals at once make one reading. */
  generation: number;
}

/**
 * Credentials from a client-node KubeConfig (token, token file, client certificate, exec plugin,
 * basic, impersonation). They are kept for ten seconds, so that files are not read for every request.
 */
export class Credentials {
  readonly server: URL;
  #config: KubeConfig;
  #generation = 0;
  #refusedAt = Number.NEGATIVE_INFINITY;
  #current: { resolved: Promise<ResolvedCredentials>; readAt: number } | undefined;

  constructor(config: KubeConfig) {
    const cluster = config.getCurrentCluster();
    if (cluster === null) throw new TypeError('the KubeConfig has no current cluster');
    this.#config = config;
    this.server = new URL(cluster.server);
  }

  /** @throws whatever reading a file or running an exec plugin throws */
  resolve(): Promise<ResolvedCredentials> {
    const now = performance.now();
    if (this.#current === undefined || now - this.#current.readAt > LIFETIME_MILLISECONDS) {
      const resolved = this.#read(this.#generation);
      this.#current = { resolved, readAt: now };
      resolved.catch(() => this.expire());
    }
    return this.#current.resolved;
  }

  /** Certificates are read again for the next request: the server's may have been rotated. */
  expire(): void {
    this.#current = undefined;
  }

  /**
   * The credentials were refused: everything is read again, tokens and exec plugins too, unless that
   * has been done within the last second.
   */
  refuse(): void {
    const now = performance.now();
    if (now - this.#refusedAt < REFUSAL_INTERVAL_MILLISECONDS) return;
    this.#refusedAt = now;
    this.#generation += 1;
    // A copy has none of the tokens that client-node's authenticators keep for a minute or longer.
    const fresh = new KubeConfig();
    fresh.loadFromOptions({
      clusters: this.#config.getClusters(),
      users: this.#config.getUsers(),
      contexts: this.#config.getContexts(),
      currentContext: this.#config.getCurrentContext(),
    });
    this.#config = fresh;
    this.expire();
  }

  async #read(generation: number): Promise<ResolvedCredentials> {
    const options: RequestOptions = {};
    await this.#config.applyToHTTPSOptions(options);
    const headers: Record<string, string> = {};
    for (const [name, value] of Object.entries(options.headers ?? {})) {
      // A token file may end in a newline, which no header may hold.
      headers[name.toLowerCase()] = String(value).trim();
    }
    if (typeof options.auth === 'string') {
      headers.authorization = `Basic ${Buffer.from(options.auth).toString('base64')}`;
    }
    const connection = this.#config.createDispatcherOptions(
      this.#config.getCurrentCluster(),
      options as AgentOptions,
    );
    return { headers, connection, fingerprint: fingerprintOf(connection), generation };
  }
}

/** A digest, so that no private key is kept in one more place. */
function fingerprintOf(connection: DispatcherOptions): string {
  const text = JSON.stringify(connection, (_, value: unknown) =>
    value instanceof Uint8Array ? Buffer.from(value).toString('base64') : value,
  );
  return createHash('sha256').update(text).digest('hex');
}
