import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { KubeConfig } from '@kubernetes/client-node';
import { afterEach, describe, expect, it } from 'vitest';
import { ScriptedApiServer, sendStatus } from '../testing/scripted-api-server.ts';
import { KubeClient } from './client.ts';

const pod = { namespace: 'ns', name: 'p' };
const command = { container: 'app', words: ['cat', '/proc/net/tcp'] };
const EXEC = 'GET /api/v1/namespaces/ns/pods/p/exec';
const SUCCESS = { status: 'Success' };

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

/** A WebSocket server that sends what `serve` says, as the API server's exec does. */
async function execServer(
  serve: (send: (channel: number, text: string) => void, socket: Socket) => void,
): Promise<{ client: KubeClient; requests: IncomingMessage[] }> {
  const requests: IncomingMessage[] = [];
  const server = createServer();
  server.on('upgrade', (request, socket: Socket) => {
    requests.push(request);
    socket.on('error', () => {});
    closers.push(() => socket.destroy());
    const guid = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
    const key = createHash('sha1').update(`${request.headers['sec-websocket-key']}${guid}`);
    socket.write(
      [
        'HTTP/1.1 101 Switching Protocols',
        'Upgrade: websocket',
        'Connection: Upgrade',
        `Sec-WebSocket-Accept: ${key.digest('base64')}`,
        'Sec-WebSocket-Protocol: v5.channel.k8s.io\r\n\r\n',
      ].join('\r\n'),
    );
    serve((channel, text) => socket.write(binaryFrame(channel, text)), socket);
  });
  const url = await listen(server);
  const kubeConfig = new KubeConfig();
  kubeConfig.loadFromClusterAndUser(
    { name: 'c', server: url, skipTLSVerify: true },
    { name: 'u', token: 'secret' },
  );
  const client = new KubeClient({ kubeConfig });
  closers.push(() => client.close());
  return { client, requests };
}

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(() => server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** RFC 6455, 5.2: FIN and binary, then a length of 7 or 16 bits; a server does not mask. */
function binaryFrame(channel: number, text: string): Buffer {
  const content = Buffer.concat([Buffer.from([channel]), Buffer.from(text)]);
  const length = Buffer.from(
    content.length < 126
      ? [0x82, content.length]
      : [0x82, 126, content.length >> 8, content.length & 255],
  );
  return Buffer.concat([length, content]);
}

describe('exec', () => {
  it('asks for the command with its credentials, and puts the pieces together', async () => {
    const { client, requests } = await execServer((send) => {
      send(1, 'one ');
      send(2, 'trouble');
      send(1, `two ${'x'.repeat(300)}`);
      send(3, JSON.stringify(SUCCESS));
    });
    expect(await client.exec(pod, command)).toEqual({
      stdout: `one two ${'x'.repeat(300)}`,
      ...{ stderr: 'trouble', failure: undefined },
    });
    expect(requests[0]?.url).toBe(
      '/api/v1/namespaces/ns/pods/p/exec?container=app&command=cat&command=%2Fproc%2Fnet%2Ftcp&stdout=true&stderr=true',
    );
    expect(requests[0]?.headers).toMatchObject({
      authorization: 'Bearer secret',
      'sec-websocket-protocol': 'v5.channel.k8s.io, v4.channel.k8s.io',
    });
  });

  it('tells what became of a command that failed', async () => {
    const message = 'exec: "cat": executable file not found in $PATH';
    const { client } = await execServer((send) =>
      send(3, JSON.stringify({ status: 'Failure', message })),
    );
    expect((await client.exec(pod, command)).failure).toBe(message);
  });

  it('fails where the connection ends before the command', async () => {
    const { client } = await execServer((send, socket) => {
      send(1, 'half');
      socket.end();
    });
    await expect(client.exec(pod, command)).rejects.toMatchObject({
      reason: 'ApiServerUnreachable',
    });
  });

  it('ends when it is aborted', async () => {
    const abort = new AbortController();
    const { client } = await execServer(() => abort.abort(new Error('enough')));
    await expect(client.exec(pod, command, { signal: abort.signal })).rejects.toThrow('enough');
  });

  it('says in the words of the API server why there is no connection', async () => {
    const server = await ScriptedApiServer.start();
    const client = new KubeClient({ kubeConfig: server.kubeConfig() });
    closers.push(
      () => client.close(),
      () => server.close(),
    );
    const message = 'pods "p" is forbidden: User "u" cannot get resource "pods/exec"';
    const forbid = (response: Parameters<typeof sendStatus>[0]) =>
      sendStatus(response, 403, { reason: 'Forbidden', message });
    server.expect(EXEC, forbid).expect(EXEC, forbid);
    await expect(client.exec(pod, command)).rejects.toMatchObject({
      ...{ name: 'ApiError', status: 403, message },
    });
    await server.verify();
  });

  it('says that there is no answer where only the WebSocket does not come through', async () => {
    const server = await ScriptedApiServer.start();
    const client = new KubeClient({ kubeConfig: server.kubeConfig() });
    closers.push(
      () => client.close(),
      () => server.close(),
    );
    server
      .expect(EXEC, (response) => sendStatus(response, 502, { reason: '', message: 'proxy' }))
      .expect(EXEC, (response) =>
        sendStatus(response, 400, { reason: 'BadRequest', message: 'Upgrade request required' }),
      );
    await expect(client.exec(pod, command)).rejects.toMatchObject({
      reason: 'ApiServerUnreachable',
    });
    await server.verify();
  });
});
