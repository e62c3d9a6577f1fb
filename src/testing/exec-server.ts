import { createHash } from 'node:crypto';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { KubeConfig } from '@kubernetes/client-node';

/** A command that the server was asked to run. */
export interface ExecCall {
  container: string;
  words: readonly string[];
  url: string;
  headers: NodeJS.Dict<string | string[]>;
}

/** Answers one command; it may also leave it unanswered, or break the connection. */
export type ExecAnswer = (
  send: (channel: number, text: string) => void,
  call: ExecCall,
  socket: Socket,
) => void;

/**
 * A real WebSocket server with a script, as the API server is one for exec: for containers that no
 * test cluster has, and for connections that break.
 */
export class ExecServer {
  readonly calls: ExecCall[] = [];
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(answer: ExecAnswer, otherwise?: RequestListener) {
    this.#server = createServer(otherwise);
    this.#server.on('upgrade', ({ url = '', headers }, socket: Socket) => {
      socket.on('error', () => {});
      this.#sockets.add(socket);
      socket.write(handshake(String(headers['sec-websocket-key'])));
      const { searchParams } = new URL(url, 'http://localhost');
      const call = {
        container: searchParams.get('container') ?? '',
        url,
        headers,
        words: searchParams.getAll('command'),
      };
      this.calls.push(call);
      answer((channel, text) => socket.write(binaryFrame(channel, text)), call, socket);
    });
  }

  /** Starts on a free port of the loopback interface. @param otherwise answers what is no exec */
  static async start(answer: ExecAnswer, otherwise?: RequestListener): Promise<ExecServer> {
    const server = new ExecServer(answer, otherwise);
    await new Promise<void>((resolve) => server.#server.listen(0, '127.0.0.1', resolve));
    return server;
  }

  kubeConfig(): KubeConfig {
    const { port } = this.#server.address() as AddressInfo;
    const config = new KubeConfig();
    config.loadFromClusterAndUser(
      { name: 'c', server: `http://127.0.0.1:${port}`, skipTLSVerify: true },
      { name: 'u', token: 'secret' },
    );
    return config;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

/** RFC 6455, 4.2.2. */
function handshake(key: string): string {
  const accept = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`);
  return [
    'HTTP/1.1 101 Switching Protocols',
    'Upgrade: websocket',
    'Connection: Upgrade',
    `Sec-WebSocket-Accept: ${accept.digest('base64')}`,
    'Sec-WebSocket-Protocol: v5.channel.k8s.io\r\n\r\n',
  ].join('\r\n');
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
