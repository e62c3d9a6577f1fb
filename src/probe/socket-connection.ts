import { connect, type Socket } from 'node:net';
import { type Connect, type Connection, resultOfMade } from './connection.ts';
import type { ConnectResult } from './outcome.ts';

/** Connects with a net.Socket, as every program does. */
export const connectBySocket: Connect = ({ ip }, port, ended) =>
  new SocketConnection(ip, port, ended);

class SocketConnection implements Connection {
  readonly #socket: Socket;

  constructor(ip: string, port: number, ended: (result: ConnectResult) => void) {
    const socket = connect({ host: ip, port });
    socket.on('error', (error: NodeJS.ErrnoException) => ended(error.code ?? error.name));
    socket.on('connect', () => {
      const result = resultOfMade(
        { address: socket.localAddress, port: socket.localPort },
        { address: socket.remoteAddress, port: socket.remotePort },
      );
      socket.resetAndDestroy();
      ended(result);
    });
    this.#socket = socket;
  }

  end(): void {
    this.#socket.destroy();
  }
}
