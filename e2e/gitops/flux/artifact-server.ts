import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';

/** Serves the files of a folder on the loopback interface, as Flux's source-controller does its artifacts. */
export async function serveArtifacts(folder: string): Promise<{ server: Server; url: string }> {
  const server = createServer(async (request, response) => {
    const file = path.join(folder, path.basename(request.url ?? ''));
    const content = await readFile(file).catch(() => undefined);
    response.writeHead(content ? 200 : 404).end(content);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  return { server, url: `http://127.0.0.1:${port}` };
}
