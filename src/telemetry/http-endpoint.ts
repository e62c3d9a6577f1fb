import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';

/** Answers to GET requests, by path. */
export type Routes = Readonly<
  Record<string, (request: IncomingMessage) => Promise<Answer> | Answer>
>;

export interface Answer {
  status: number;
  contentType: string;
  body: string;
  /** More headers. */
  headers?: Readonly<Record<string, string>>;
}

/** Makes the server that hands each request to the listener. */
export type MakeServer = (
  listener: (request: IncomingMessage, response: ServerResponse) => void,
) => Server;

/** What a client may take of a server: bytes of a request's headers, and milliseconds for all of it. */
export const REQUEST_BOUNDS = {
  maxHeaderSize: 16_384,
  headersTimeout: 10_000,
  requestTimeout: 10_000,
  connectionsCheckingInterval: 5000,
} as const;

/** The address cannot be listened on: a port in use, or one that this user may not have. */
export class ListenError extends Error {
  override name = 'ListenError';
}

/**
 * Serves `routes` on `address`, such as `:8081` or `127.0.0.1:8081`; everything else is 404.
 *
 * @throws ListenError in one line that says how to mend it
 */
export async function serve(
  address: string,
  purpose: string,
  routes: Routes,
  makeServer: MakeServer = (listener) => createServer(REQUEST_BOUNDS, listener),
): Promise<Server> {
  const { host, port } = parseAddress(address);
  const server = makeServer(async (request, response) => {
    const { status, contentType, body, headers } = await answerTo(request, routes);
    response.writeHead(status, { 'content-type': contentType, ...headers }).end(body);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const why = error.code === 'EADDRINUSE' ? 'the port is in use' : error.message;
      reject(
        new ListenError(`cannot serve ${purpose} on ${address}: ${why}; choose another address`),
      );
    });
    server.listen(port, host, resolve);
  });
  return server;
}

async function answerTo(request: IncomingMessage, routes: Routes): Promise<Answer> {
  const path = request.url?.split('?')[0] ?? '';
  const route = request.method === 'GET' && Object.hasOwn(routes, path) ? routes[path] : undefined;
  if (!route) return plainText(404, 'not found');
  // What cannot be answered is no reason to end the process.
  return await Promise.resolve(request)
    .then(route)
    .catch(() => plainText(500, 'internal error'));
}

/** An answer of one line. */
export function plainText(status: number, line: string): Answer {
  return { status, contentType: 'text/plain', body: `${line}\n` };
}

/**
 * Splits `host:port`; without a host, every address of the machine.
 *
 * @throws RangeError where the port is not a number from 0 to 65535
 */
export function parseAddress(address: string): { host: string | undefined; port: number } {
  const match = /^(.*):(\d{1,5})$/.exec(address);
  const port = Number(match?.[2]);
  if (!match || port > 65535) throw new RangeError(`must be HOST:PORT or :PORT, not "${address}"`);
  return { host: match[1]?.replace(/^\[(.*)\]$/, '$1') || undefined, port };
}
