import { WebSocket } from 'undici';
import { oneLine } from './errors.ts';
import type { WebSocketRequest } from './transport.ts';

/** A command that ran in a container. */
export interface ExecResult {
  stdout: string;
  stderr: string;
  /** Why it could not be run, or that it failed; undefined where it ended with 0. In one line. */
  failure: string | undefined;
}

/** What `kubectl exec` speaks: a byte that names the channel, then its bytes (k8s.io/apimachinery remotecommand). */
const EXEC_PROTOCOLS = ['v5.channel.k8s.io', 'v4.channel.k8s.io'];
const STDOUT = 1;
const STDERR = 2;
const STATUS = 3;

/** A socket table of 200,000 connections; more would be held in memory for nothing. */
const MOST_BYTES = 32 * 1024 * 1024;

/** The connection to the container ended, or was never made, before the command had. */
export class ExecConnectionError extends Error {
  override readonly name = 'ExecConnectionError';
  /** Whether there was a connection at all; without one, the API server may have refused it. */
  readonly wasOpen: boolean;

  constructor(message: string, wasOpen: boolean) {
    super(message);
    this.wasOpen = wasOpen;
  }
}

/**
 * Runs what `request` names, without input and terminal, and resolves when it has ended.
 * @throws ExecConnectionError, or the signal's reason when aborted
 */
export function runByWebSocket(
  request: WebSocketRequest,
  signal: AbortSignal,
): Promise<ExecResult> {
  const { url, headers, dispatcher } = request;
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const socket = new WebSocket(url, { protocols: EXEC_PROTOCOLS, headers, dispatcher });
    socket.binaryType = 'arraybuffer';
    const output = { [STDOUT]: [] as Buffer[], [STDERR]: [] as Buffer[] };
    let bytes = 0;
    let wasOpen = false;
    socket.addEventListener('open', () => {
      wasOpen = true;
    });
    const end = (settle: () => void) => {
      signal.removeEventListener('abort', abort);
      settle();
      socket.close();
    };
    const fail = (message: string) => end(() => reject(new ExecConnectionError(message, wasOpen)));
    const abort = () => end(() => reject(signal.reason));
    signal.addEventListener('abort', abort, { once: true });
    socket.addEventListener('error', ({ message, error }) =>
      fail(message || (error as Error | undefined)?.message || 'the connection failed'),
    );
    socket.addEventListener('close', () => fail('the connection ended before the command did'));
    socket.addEventListener('message', ({ data }) => {
      const frame = Buffer.from(data as ArrayBuffer);
      const [channel] = frame;
      const content = frame.subarray(1);
      bytes += content.length;
      if (bytes > MOST_BYTES) fail(`it wrote more than ${MOST_BYTES / 1024 / 1024} MiB`);
      else if (channel === STDOUT || channel === STDERR) output[channel].push(content);
      else if (channel === STATUS)
        end(() =>
          resolve({
            stdout: Buffer.concat(output[STDOUT]).toString('utf8'),
            stderr: Buffer.concat(output[STDERR]).toString('utf8'),
            failure: failureOf(content.toString('utf8')),
          }),
        );
    });
  });
}

/** The last frame is a Status: "Success", or a failure with its message. */
function failureOf(text: string): string | undefined {
  try {
    const { status, message } = JSON.parse(text) as { status?: unknown; message?: unknown };
    return status === 'Success' ? undefined : oneLine(String(message || 'the command failed'));
  } catch {
    return 'the API server sent a status that is none';
  }
}
