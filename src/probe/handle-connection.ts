import { getSystemErrorName } from 'node:util';
import {
  type Connect,
  type Connection,
  type Host,
  MOST_BYTES_READ,
  resultOfMade,
} from './connection.ts';
import type { ConnectResult } from './outcome.ts';

/** The major version of Node whose TCP handle is known to be as it is described here. */
const KNOWN_NODE = '24';

/** What net.Socket wraps: a socket of libuv. Errors are negative errno numbers, 0 is none. */
interface Handle {
  connect(request: Request, ip: string, port: number): number;
  connect6(request: Request, ip: string, port: number): number;
  getsockname(into: Address): number;
  getpeername(into: Address): number;
  /** What was read; undefined at the end of the stream, or after an error. */
  onread?: (buffer: ArrayBuffer | undefined) => void;
  readStart(): number;
  /** Sends FIN. */
  shutdown(request: Request): number;
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

interface StreamWrap {
  ShutdownWrap: new () => Request;
}

interface Binding {
  (name: 'tcp_wrap'): TcpWrap;
  (name: 'stream_wrap'): StreamWrap;
}

/** What Node has no public name for. */
type Wraps = TcpWrap & StreamWrap;

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
  const { binding } = process as unknown as { binding: Binding };
  let wraps: Wraps;
  try {
    const { TCP, TCPConnectWrap, constants } = binding('tcp_wrap');
    const { ShutdownWrap } = binding('stream_wrap');
    wraps = { TCP, TCPConnectWrap, constants, ShutdownWrap };
  } catch {
    return undefined; // Node's permission model forbids it
  }
  return (host, port, ended) => new HandleConnection(wraps, host, port, ended);
}

class HandleConnection implements Connection {
  readonly #wraps: Wraps;
  readonly #handle: Handle;
  readonly #ended: (result: ConnectResult) => void;
  #isClosed = false;

  constructor(
    wraps: Wraps,
    { ip, family }: Host,
    port: number,
    ended: (result: ConnectResult) => void,
  ) {
    const handle = new wraps.TCP(wraps.constants.SOCKET);
    const request = new wraps.TCPConnectWrap();
    request.oncomplete = (status) => this.#complete(status);
    this.#wraps = wraps;
    this.#handle = handle;
    this.#ended = ended;
    const status =
      family === 6 ? handle.connect6(request, ip, port) : handle.connect(request, ip, port);
    // Where connect(2) itself fails, the request is never completed.
    if (status !== 0) process.nextTick(() => this.#complete(status));
  }

  #complete(status: number): void {
    if (this.#isClosed) return;
    const result = status === 0 ? this.#made() : getSystemErrorName(status);
    if (result !== 'connected') {
      this.#isClosed = true;
      if (status === 0) this.#handle.reset();
      else this.#handle.close();
    }
    this.#ended(result);
  }

  #made(): ConnectResult {
    const local: Address = {};
    const remote: Address = {};
    this.#handle.getsockname(local);
    this.#handle.getpeername(remote);
    return resultOfMade(local, remote);
  }

  hangUp(closed: () => void): void {
    let bytes = 0;
    const close = () => {
      if (this.#isClosed) return;
      this.end();
      closed();
    };
    this.#handle.onread = (buffer) => {
      bytes += buffer?.byteLength ?? 0;
      if (buffer === undefined || bytes > MOST_BYTES_READ) close();
    };
    const status =
      this.#handle.readStart() || this.#handle.shutdown(new this.#wraps.ShutdownWrap());
    // Not where the other side has reset it already, for example.
    if (status !== 0) process.nextTick(close);
  }

  end(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#handle.close();
  }
}
