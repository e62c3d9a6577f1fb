import { connect, type Socket } from 'node:net';
import type { ConnectResult } from './outcome.ts';

/**
 * Opens a TCP connection to an IP literal, sends nothing on it, and says once how it ended:
 * `connected`, the errno name, or `self-connection`. A made connection is closed at once with RST, which
 * leaves neither side in TIME_WAIT; one that is still being made can be ended with destroy(), which
 * sends nothing.
 *
 * On a target of this machine's own, the kernel may pick the very port that is connected to as the
 * source: TCP then connects the socket with itself, which proves that nobody listens there.
 */
export function startConnection(
  ip: string,
  port: number,
  ended: (result: ConnectResult) => void,
): Socket {
  const socket = connect({ host: ip, port });
  socket.on('error', (error: NodeJS.ErrnoException) => ended(error.code ?? error.name));
  socket.on('connect', () => {
    const isSelf = socket.localPort === port && socket.localAddress === socket.remoteAddress;
    socket.resetAndDestroy();
    ended(isSelf ? 'self-connection' : 'connected');
  });
  return socket;
}
