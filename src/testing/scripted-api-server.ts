import {
  createServer as createHttpServer,
  type IncomingHttpHeaders,
  type Server,
  type ServerResponse,
} from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { KubeConfig } from '@kubernetes/client-node';
import type { TestCertificate } from './certificate.ts';
import { until } from './until.ts';

/** A request as the scripted server received it. */
export interface ReceivedRequest {
  method: string;
  /** Without the query. */
  path: string;
  query: URLSearchParams;
  headers: IncomingHttpHeaders;
  body: string;
}

/** Answers one request; it may also leave it unanswered, or break the connection. */
export type Answer = (response: ServerResponse, request: ReceivedRequest) => unknown;

interface Expectation {
  call: string;
  answer: Answer;
}

/**
 * A real HTTP(S) server with a script, for what a real API server cannot be made to do: broken
 * lines, silence, refusals in a given order. Every call must be expected, with its method and path;
 * calls to the same path are answered in the order of the script. `verify` fails on a call that was
 * not expected, and on an expected one that does not come.
 */
export class ScriptedApiServer {
  readonly requests: ReceivedRequest[] = [];
  readonly #server: Server;
  readonly #expected: Expectation[] = [];
  readonly #allowed = new Map<string, Answer>();
  #otherwise: Answer | undefined;
  /** What went wrong: calls that were not expected, and answers that threw. */
  readonly #failures: unknown[] = [];
  readonly #certificate: TestCertificate | undefined;

  private constructor(certificate?: TestCertificate) {
    this.#certificate = certificate;
    const listener: Parameters<typeof createHttpServer>[1] = (request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const url = new URL(request.url ?? '/', 'http://localhost');
        void this.#answer(response, {
          method: request.method ?? '',
          path: url.pathname,
          query: url.searchParams,
          headers: request.headers,
          body: Buffer.concat(chunks).toString('utf8'),
        });
      });
    };
    this.#server =
      certificate === undefined
        ? createHttpServer(listener)
        : createHttpsServer({ key: certificate.key, cert: certificate.certificate }, listener);
  }

  /** Starts on a free port of the loopback interface, or on `port`; with TLS if there is a certificate. */
  static async start(
    options: { certificate?: TestCertificate; port?: number } = {},
  ): Promise<ScriptedApiServer> {
    const server = new ScriptedApiServer(options.certificate);
    await new Promise<void>((resolve, reject) => {
      server.#server.once('error', reject);
      server.#server.listen(options.port ?? 0, '127.0.0.1', resolve);
    });
    return server;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get url(): string {
    return `${this.#certificate === undefined ? 'http' : 'https'}://127.0.0.1:${this.port}`;
  }

  /** A KubeConfig for this server, with what is given changed or added. */
  kubeConfig(changes: { cluster?: object; user?: object } = {}): KubeConfig {
    const config = new KubeConfig();
    const ca = this.#certificate?.certificate;
    const trust =
      ca === undefined
        ? { skipTLSVerify: true }
        : { skipTLSVerify: false, caData: Buffer.from(ca).toString('base64') };
    config.loadFromClusterAndUser(
      { name: 'scripted', server: this.url, ...trust, ...changes.cluster },
      { name: 'tester', ...changes.user },
    );
    return config;
  }

  /** Expects one more call, as `GET /api/v1/pods`. */
  expect(call: string, answer: Answer): this {
    this.#expected.push({ call, answer });
    return this;
  }

  /** Answers any number of calls, none too, once the expected ones have come. */
  allow(call: string, answer: Answer): this {
    this.#allowed.set(call, answer);
    return this;
  }

  /** Answers every call that is neither expected nor allowed. */
  otherwise(answer: Answer): this {
    this.#otherwise = answer;
    return this;
  }

  /** @throws Error unless every expected call, and no other, comes within `milliseconds` */
  async verify(milliseconds = 2_000): Promise<void> {
    await until(
      `the expected calls (${this.#expected.map(({ call }) => call).join(', ')})`,
      () => this.#expected.length === 0 || this.#failures.length > 0,
      milliseconds,
    );
    if (this.#failures.length > 0) throw this.#failures[0];
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    await closed;
  }

  async #answer(response: ServerResponse, request: ReceivedRequest): Promise<void> {
    this.requests.push(request);
    const call = `${request.method} ${request.path}`;
    const index = this.#expected.findIndex((expectation) => expectation.call === call);
    const [expectation] = index === -1 ? [] : this.#expected.splice(index, 1);
    const answer = expectation?.answer ?? this.#allowed.get(call) ?? this.#otherwise;
    if (answer === undefined) {
      this.#failures.push(new Error(`unexpected call: ${call}`));
      sendStatus(response, 500, { reason: 'InternalError', message: `unexpected call: ${call}` });
      return;
    }
    try {
      await answer(response, request);
    } catch (error) {
      // Most of all an assertion about the request; the caller must not be left to wait.
      this.#failures.push(error);
      response.destroy();
    }
  }
}

/** Answers with JSON. */
export function sendJson(
  response: ServerResponse,
  body: unknown,
  options: { code?: number; headers?: Record<string, string> } = {},
): void {
  response.writeHead(options.code ?? 200, {
    'content-type': 'application/json',
    ...options.headers,
  });
  response.end(JSON.stringify(body));
}

/** Answers with a failure, as the API server words them. */
export function sendStatus(
  response: ServerResponse,
  code: number,
  status: { reason: string; message: string },
  headers: Record<string, string> = {},
): void {
  sendJson(response, statusObject(code, status), { code, headers });
}

function statusObject(code: number, status: { reason: string; message: string }): object {
  return { kind: 'Status', apiVersion: 'v1', status: 'Failure', code, ...status };
}

/** Begins the answer to a watch; the returned function sends one event. */
export function openWatch(response: ServerResponse): (type: string, object: object) => void {
  response.writeHead(200, { 'content-type': 'application/json' });
  response.flushHeaders();
  return (type, object) => response.write(`${JSON.stringify({ type, object })}\n`);
}
