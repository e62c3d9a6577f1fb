import { createServer, type Server } from 'node:http';

/** Answers to GET requests, by path. */
export type Routes = Readonly<Record<string, () => Promise<Answer> | Answer>>;

export interface Answer {
  status: number;
  contentType: string;
  body: string;
}

/** The address cannot be listened on: a port in use, or one that this user may not have. */
export class ListenError extends Error {
  override name = 'ListenError';
}

/**
 * Serves `routes` on `address`, such as `:8081` or `127.0.0.1:8081`; everything else is 404.
 *
 * @throws ListenError in one line that says how to mend it
 */
export async function serve(address: string, purpose: string, routes: Routes): Promise<Server> {
  const { host, port } = parseAddress(address);
  const server = createServer(async (request, response) => {
    const route = request.method === 'GET' ? routes[request.url?.split('?')[0] ?? ''] : undefined;
    const answer = route
      ? await route()
      : { status: 404, contentType: 'text/plain', body: 'not found\n' };
    response.writeHead(answer.status, { 'content-type': answer.contentType }).end(answer.body);
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
