import { getSystemErrorName } from 'node:util';
import { type Connect, type Connection, type Host, resultOfMade } from './connection.ts';
import type { ConnectResult } from './outcome.ts';

/** The major version of Node whose TCP handle is known to be as it is described here. */
const KNOWN_NODE = '24';

/** What net.Socket wraps: a socket of libuv. Errors are negative errno numbers, 0 is none. */
interface Handle {
  connect(request: Request, ip: string, port: number): number;
  connect6(request: Request, ip: string, port: number): number;
  getsockname(into: Address): number;
  getpeername(into: Address): number;
  close(): void;
  /** Closes with RST. */
  reset(): number;
}

interface Request {
  oncomplete?: (status: number) => void;
}

interface Address {
  address?: string;
  port?: number;
}

interface TcpWrap {
  TCP: (new (type: number) => Handle) & object;
  TCPConnectWrap: new () => Request;
  constants: { SOCKET: number };
}

/**
 * Connects with the handle inside a net.Socket, without the socket around it: its streams and events,
 * which a connection that is never read from has no use for, take half of the processor time that is
 * ours to spend, and most of the memory (docs/decisions/0009).
 *
 * The handle has no public name, so that it is only used on the major version of Node for which it is
 * known; on any other this is undefined, and net.Socket does the same.
 */
export function connectionsByHandle(): Connect | undefined {
  if (process.versions.node.split('.')[0] !== KNOWN_NODE) return undefined;
  const { binding } = process as unknown as { binding(name: 'tcp_wrap'): TcpWrap };
  let tcp: TcpWrap;
  try {
    tcp = binding('tcp_wrap');
  } catch {
    return undefined; // Node's permission model forbids it
  }
  return (host, port, ended) => new HandleConnection(tcp, host, port, ended);
}

class HandleConnection implements Connection {
  readonly #handle: Handle;
  readonly #ended: (result: ConnectResult) => void;
  #isEnded = false;

  constructor(
    { TCP, TCPConnectWrap, constants }: TcpWrap,
    { ip, family }: Host,
    port: number,
    ended: (result: ConnectResult) => void,
  ) {
    const handle = new TCP(constants.SOCKET);
    const request = new TCPConnectWrap();
    request.oncomplete = (status) => this.#complete(status);
    this.#handle = handle;
    this.#ended = ended;
    const status =
      family === 6 ? handle.connect6(request, ip, port) : handle.connect(request, ip, port);
    // Where connect(2) itself fails, the request is never completed.
    if (status !== 0) process.nextTick(() => this.#complete(status));
  }

  #complete(status: number): void {
    if (this.#isEnded) return;
    const result = status === 0 ? this.#made() : getSystemErrorName(status);
    this.#isEnded = true;
    if (status === 0) this.#handle.reset();
    else this.#handle.close();
    this.#ended(result);
  }

  #made(): ConnectResult {
    const local: Address = {};
    const remote: Address = {};
    this.#handle.getsockname(local);
    this.#handle.getpeername(remote);
    return resultOfMade(local, remote);
  }

  end(): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#handle.close();
  }
}
