import type { ConnectResult } from './outcome.ts';

/** A connection that is being made, or was. */
export interface Connection {
  /**
   * Of one that was made: says by FIN that nothing will come, reads and throws away what the other side
   * sends, and closes when that has said the same.
   * @param closed called once, never before this has returned: when the other side is done, after an
   * error, or after `MOST_BYTES_READ`; not after `end()`
   */
  hangUp(closed: () => void): void;
  /** Closes it, and nothing more is said of it; of one still being made nothing is sent. May be called twice. */
  end(): void;
}

/**
 * So much is read of what a server sends at most. Who sends more is hung up on: its next bytes are
 * answered with RST, as they are by every client that has seen enough.
 */
export const MOST_BYTES_READ = 1_048_576;

/**
 * Opens a TCP connection, sends nothing on it, and says once how it ended, never
 * before it has returned: `connected`, the errno name, `self-connection` or `no-peer`. One that is `connected`
 * stays open until it is hung up or ended; the others are closed. connect(2) is called before anything
 * that the caller puts off with process.nextTick().
 */
export type Connect = (
  host: Host,
  port: number,
  ended: (result: ConnectResult) => void,
) => Connection;

/** Whom to connect to: an IP literal. */
export interface Host {
  readonly ip: string;
  /** The IP's own, 4 or 6. */
  readonly family: number;
}

interface Address {
  address?: string | undefined;
  port?: number | undefined;
}

/**
 * What a connection is that the kernel calls made.
 *
 * On a target of this machine's own, the kernel may pick the very port that is connected to as the
 * source: TCP then connects the socket with itself, which proves that nobody listens there.
 *
 * Now and then (measured: once in some 200,000 connections that ICMP errors end) the kernel wakes us for an
 * error that it no longer has, which reads as success; such a connection has no peer.
 */
export function resultOfMade(local: Address, remote: Address): ConnectResult {
  if (remote.address === undefined) return 'no-peer';
  const isSelf = local.port === remote.port && local.address === remote.address;
  return isSelf ? 'self-connection' : 'connected';
}
