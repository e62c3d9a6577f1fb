import { connect, type Socket } from 'node:net';
import { type Connect, type Connection, MOST_BYTES_READ, resultOfMade } from './connection.ts';
import type { ConnectResult } from './outcome.ts';

/** Connects with a net.Socket, as every program does. */
export const connectBySocket: Connect = ({ ip }, port, ended) =>
  new SocketConnection(ip, port, ended);

class SocketConnection implements Connection {
  readonly #socket: Socket;

  constructor(ip: string, port: number, ended: (result: ConnectResult) => void) {
    const socket = connect({ host: ip, port });
    const failed = (error: NodeJS.ErrnoException) => ended(error.code ?? error.name);
    socket.on('error', failed);
    socket.on('connect', () => {
      const result = resultOfMade(
        { address: socket.localAddress, port: socket.localPort },
        { address: socket.remoteAddress, port: socket.remotePort },
      );
      // What happens to a made connection says nothing of the port any more.
      socket.off('error', failed).on('error', () => {});
      if (result !== 'connected') socket.resetAndDestroy();
      ended(result);
    });
    this.#socket = socket;
  }

  hangUp(closed: () => void): void {
    const socket = this.#socket;
    socket.on('close', closed);
    socket.on('data', () => {
      if (socket.bytesRead > MOST_BYTES_READ) socket.destroy();
    });
    socket.end();
  }

  end(): void {
    this.#socket.removeAllListeners('close').destroy();
  }
}
