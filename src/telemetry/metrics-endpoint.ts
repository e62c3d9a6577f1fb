import { createServer as createHttp, type Server } from 'node:http';
import { createServer as createHttps, type Server as HttpsServer } from 'node:https';
import type { Registry } from 'prom-client';
import { bearerGuard } from './bearer-guard.ts';
import { ListenError, type MakeServer, REQUEST_BOUNDS, serve } from './http-endpoint.ts';
import { describeError, type Log } from './log.ts';
import type { ServingPair } from './self-signed.ts';
import { followServingFiles, readServingFiles } from './serving-files.ts';
import { type ReviewToken, TokenAccess } from './token-access.ts';

export interface MetricsEndpointOptions {
  address: string;
  registry: Registry;
  log: Log;
  /** Undefined where metrics are served to everybody, without TLS. */
  secure: SecureOptions | undefined;
}

export interface SecureOptions {
  review: ReviewToken;
  /** A folder with tls.crt and tls.key; where there is none, a certificate is made. */
  certificateFolder: string | undefined;
  /** By which the certificate that is made calls this server. */
  dnsName: string;
}

const MOST_CONNECTIONS = 64;
const BOUNDS = {
  ...REQUEST_BOUNDS,
  // Longer than the usual interval of scrapes, so that each need not connect anew.
  keepAliveTimeout: 75_000,
  // For connections on which nothing moves, as where an answer is not read.
  timeout: 30_000,
} as const;
const HANDSHAKE_MILLISECONDS = 10_000;

/**
 * Serves /metrics, on https and for those alone who may get that path, or to everybody.
 *
 * @throws ListenError in one line that says how to mend it
 */
export async function serveMetrics(options: MetricsEndpointOptions): Promise<Server> {
  const { address, registry, log, secure } = options;
  const scrape = async () => ({
    status: 200,
    contentType: registry.contentType,
    body: await registry.metrics(),
  });
  if (!secure) {
    const plain: MakeServer = (listener) => bounded(createHttp(BOUNDS, listener));
    return await serve(address, 'metrics', { '/metrics': scrape }, plain);
  }
  const pair = await servingPair(address, secure);
  const access = new TokenAccess(secure.review, () => performance.now());
  const guarded = { '/metrics': bearerGuard(scrape, access, log) };
  const tls = { ...BOUNDS, ...pair, handshakeTimeout: HANDSHAKE_MILLISECONDS };
  const makeServer: MakeServer = (listener) => {
    const server = bounded(createHttps(tls, listener));
    follow(server, secure, pair, log);
    return server;
  };
  return await serve(address, 'metrics', guarded, makeServer);
}

async function servingPair(address: string, secure: SecureOptions): Promise<ServingPair> {
  const { certificateFolder, dnsName } = secure;
  if (certificateFolder !== undefined) {
    return await readServingFiles(certificateFolder).catch((error: unknown) => {
      throw new ListenError(
        `cannot serve metrics on ${address}: ${describeError(error)}; mount tls.crt and tls.key there, or leave --metrics-cert-path out`,
      );
    });
  }
  const { selfSigned } = await import('./self-signed.ts');
  return await selfSigned(dnsName, Date.now());
}

/** Takes over what is renewed in the folder, for as long as the server is there. */
function follow(
  server: HttpsServer,
  { certificateFolder }: SecureOptions,
  pair: ServingPair,
  log: Log,
): void {
  if (certificateFolder === undefined) return;
  const onChange = (renewed: ServingPair) => server.setSecureContext(renewed);
  const stop = followServingFiles(certificateFolder, pair, { log, onChange });
  server.once('close', stop);
}

function bounded<S extends Server | HttpsServer>(server: S): S {
  server.maxConnections = MOST_CONNECTIONS;
  server.timeout = BOUNDS.timeout;
  return server;
}
