import type { KubeConfig } from '@kubernetes/client-node';
import type { Dispatcher } from 'undici';
import { Credentials, type ResolvedCredentials } from './credentials.ts';
import { abortable, Deadline, DeadlineExceeded } from './deadline.ts';
import { Dispatchers, type Pool } from './dispatchers.ts';
import {
  ApiError,
  ApiUnreachableError,
  apiErrorFrom,
  oneLine,
  type UnreachableReason,
} from './errors.ts';
import { Recovery } from './recovery.ts';
import type { Resource } from './resource.ts';
import { TokenBucket } from './token-bucket.ts';

/** Milliseconds from the start of a call to the end of its answer (of a watch: to its first byte). */
const TIMEOUT_MILLISECONDS: Readonly<Record<Pool, number>> = {
  watch: 30_000,
  request: 30_000,
  lease: 5_000,
};

/** What an API server answers to all while it starts, is overloaded or does not know us: 401, 403, 429. */
const REFUSALS: readonly number[] = [401, 403, 429];

const USER_AGENT = 'portlock';

type Query = Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>;

export type TransportRequest = RequestTerms & (Read | Write);

interface Read {
  method: 'GET';
}

interface Write {
  method: 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** What is written, for the write guard: a path does not tell, objects may be called like resources. */
  resource: Resource;
}

interface RequestTerms {
  /** The path without the query, with its segments encoded. */
  path: string;
  query?: Query | undefined;
  /** Sent as JSON. */
  body?: unknown;
  /** The media type of `body`, application/json where not given. */
  contentType?: string | undefined;
  signal?: AbortSignal | undefined;
  pool?: Pool | undefined;
}

/** A finished call, for metrics: the HTTP code, or `<error>` as client-go writes it. */
export interface RequestRecord {
  method: string;
  code: string;
  /** The API server's name and port. */
  host: string;
  durationSeconds: number;
}

/** @throws NotLeaderError where this replica may not write objects of that resource now */
export type WriteGuard = (resource: Resource) => void;

export interface TransportOptions {
  kubeConfig: KubeConfig;
  /** Called before every mutating request but the lease's; throws NotLeaderError to prevent it. */
  writeGuard?: WriteGuard | undefined;
  onRequest?: ((record: RequestRecord) => void) | undefined;
  /** Calls a second at most, watches and leases aside; where not given the API server alone decides. */
  requestsPerSecond?: number | undefined;
}

/** What a WebSocket to the API server needs. */
export interface WebSocketRequest {
  url: string;
  headers: Readonly<Record<string, string>>;
  dispatcher: Dispatcher;
}

/** An answer of which the headers are there and the body is still to be read. */
interface OpenAnswer {
  answer: Dispatcher.ResponseData;
  deadline: Deadline;
}

/**
 * One HTTP exchange with the API server: authentication (read anew and tried once more on a 401),
 * pools and time limits. There are two kinds of errors: an ApiError when the server answered,
 * an ApiUnreachableError when it did not. Nothing else is retried here: a caller that knows what the
 * call means does that.
 */
export class Transport {
  /** Told of every call that succeeds. */
  readonly recovery = new Recovery();
  readonly #credentials: Credentials;
  readonly #dispatchers = new Dispatchers();
  readonly #writeGuard: WriteGuard | undefined;
  readonly #onRequest: ((record: RequestRecord) => void) | undefined;
  readonly #bucket: TokenBucket | undefined;

  constructor(options: TransportOptions) {
    this.#credentials = new Credentials(options.kubeConfig);
    this.#writeGuard = options.writeGuard;
    this.#onRequest = options.onRequest;
    const { requestsPerSecond } = options;
    this.#bucket = requestsPerSecond ? new TokenBucket(requestsPerSecond) : undefined;
  }

  /**
   * Makes one call and returns the parsed JSON of its answer.
   * @throws ApiError, ApiUnreachableError, NotLeaderError, or the signal's reason when aborted
   */
  async request(request: TransportRequest): Promise<unknown> {
    const { answer, deadline } = await this.#open(request);
    try {
      const text = await answer.body.text();
      return JSON.parse(text);
    } catch (error) {
      throw this.#noAnswer(request, error);
    } finally {
      deadline.end();
    }
  }

  /**
   * Makes one call and returns the bytes of its answer as they come, without a limit of time once the
   * headers are there. The caller's signal ends it. `onOpen` is called when they are.
   * @throws as `request` does, on opening and while reading
   */
  async *stream(
    request: TransportRequest,
    onOpen?: () => void,
  ): AsyncGenerator<Uint8Array, void, void> {
    const { answer, deadline } = await this.#open(request);
    deadline.lift();
    onOpen?.();
    try {
      for await (const chunk of answer.body) yield chunk;
    } catch (error) {
      throw this.#noAnswer(request, error);
    } finally {
      deadline.end();
    }
  }

  /**
   * What to open a WebSocket with, for what HTTP alone cannot do.
   * @throws ApiUnreachableError CredentialsUnavailable
   */
  async webSocket(request: TransportRequest): Promise<WebSocketRequest> {
    const credentials = await this.#resolve(request);
    const target = new URL(this.#target(request), this.#credentials.server.origin);
    target.protocol = target.protocol === 'http:' ? 'ws:' : 'wss:';
    return {
      url: target.href,
      headers: { 'user-agent': USER_AGENT, ...credentials.headers },
      dispatcher: this.#dispatchers.get('watch', credentials),
    };
  }

  /** Ends all connections at once. */
  async close(): Promise<void> {
    await this.#dispatchers.destroy();
  }

  async #open(request: TransportRequest): Promise<OpenAnswer> {
    const { pool = 'request', signal } = request;
    if (pool === 'request') await this.#bucket?.take(signal);
    signal?.throwIfAborted();
    const credentials = await this.#resolve(request);
    const first = await this.#send(request, credentials);
    if (first.answer.statusCode !== 401) return await this.#check(request, first);
    const refusal = await this.#check(request, first).catch((error: unknown) => error);
    this.#credentials.refuse();
    const renewed = await this.#resolve(request);
    if (renewed.generation === credentials.generation) throw refusal;
    return await this.#check(request, await this.#send(request, renewed));
  }

  async #resolve(request: TransportRequest): Promise<ResolvedCredentials> {
    const deadline = new Deadline(TIMEOUT_MILLISECONDS[request.pool ?? 'request'], request.signal);
    try {
      return await abortable(this.#credentials.resolve(), deadline.signal);
    } catch (error) {
      if (request.signal?.aborted && !(error instanceof DeadlineExceeded)) throw error;
      const message = `no credentials: ${oneLine((error as Error).message)}`;
      throw new ApiUnreachableError(request, 'CredentialsUnavailable', message, error);
    } finally {
      deadline.end();
    }
  }

  async #send(request: TransportRequest, credentials: ResolvedCredentials): Promise<OpenAnswer> {
    const pool = request.pool ?? 'request';
    if (request.method !== 'GET' && pool !== 'lease') this.#writeGuard?.(request.resource);
    const deadline = new Deadline(TIMEOUT_MILLISECONDS[pool], request.signal);
    const startedAt = performance.now();
    let code = '<error>';
    try {
      const exchange = this.#dispatchers.get(pool, credentials).request({
        origin: this.#credentials.server.origin,
        path: this.#target(request),
        method: request.method,
        headers: {
          accept: 'application/json',
          'user-agent': USER_AGENT,
          ...credentials.headers,
          ...(request.body !== undefined && {
            'content-type': request.contentType ?? 'application/json',
          }),
        },
        body: request.body === undefined ? null : JSON.stringify(request.body),
        signal: deadline.signal,
      });
      // An abort ends a request only once it is connected; the time limit holds before that, too.
      const answer = await abortable(exchange, deadline.signal);
      code = String(answer.statusCode);
      return { answer, deadline };
    } catch (error) {
      deadline.end();
      throw this.#noAnswer(request, error);
    } finally {
      const durationSeconds = (performance.now() - startedAt) / 1000;
      const { host } = this.#credentials.server;
      this.#onRequest?.({ method: request.method, code, host, durationSeconds });
    }
  }

  /** The server may live under a path, as behind Rancher's proxy. */
  #target(request: TransportRequest): string {
    const parameters = new URLSearchParams();
    for (const [name, value] of Object.entries(request.query ?? {})) {
      if (value === undefined) continue;
      for (const each of Array.isArray(value) ? value : [value])
        parameters.append(name, String(each));
    }
    const base = this.#credentials.server.pathname.replace(/\/$/, '');
    const query = parameters.size === 0 ? '' : `?${parameters}`;
    return `${base}${request.path}${query}`;
  }

  async #check(call: TransportRequest, open: OpenAnswer): Promise<OpenAnswer> {
    const { answer, deadline } = open;
    const code = answer.statusCode;
    if (code >= 200 && code < 300) {
      this.recovery.succeeded();
      return open;
    }
    if (code >= 500 || REFUSALS.includes(code)) this.recovery.failed();
    try {
      const text = await answer.body.text();
      const header = answer.headers['retry-after'];
      const retryAfterHeader = Array.isArray(header) ? header[0] : header;
      throw apiErrorFrom(call, { code, body: parsed(text), retryAfterHeader });
    } catch (error) {
      throw error instanceof ApiError ? error : this.#noAnswer(call, error);
    } finally {
      deadline.end();
    }
  }

  #noAnswer(request: TransportRequest, error: unknown): unknown {
    const stop: unknown = request.signal?.aborted ? request.signal.reason : undefined;
    // A caller may have a time limit of its own; any other reason to stop is the caller's to know.
    if (stop !== undefined && !(stop instanceof DeadlineExceeded)) return stop;
    this.recovery.failed();
    // Whatever went wrong, certificates are read again: rotation looks like any other failure.
    this.#credentials.expire();
    return new ApiUnreachableError(request, reasonOf(error), describe(error), error);
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return oneLine(String(error));
  // A connection that was tried on several addresses fails with an empty message and a list.
  if (error instanceof AggregateError && error.message === '') {
    return oneLine(error.errors.map((each: Error) => each.message).join('; '));
  }
  return oneLine(error.message);
}

function reasonOf(error: unknown): UnreachableReason {
  if (error instanceof DeadlineExceeded) return 'ApiServerTimeout';
  if (error instanceof SyntaxError) return 'ApiServerResponseInvalid';
  const code = String((error as NodeJS.ErrnoException | null)?.code ?? '');
  if (/TIMEOUT$|^ETIMEDOUT$/.test(code)) return 'ApiServerTimeout';
  if (/CERT|SELF_SIGNED|UNABLE_TO_VERIFY|^ERR_TLS/.test(code)) return 'ApiServerCertificateInvalid';
  return 'ApiServerUnreachable';
}
