import { once } from 'node:events';
import {
  createServer as createHttpServer,
  request as httpRequest,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http';
import { createServer as createHttpsServer, request as httpsRequest } from 'node:https';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { KubeConfig } from '@kubernetes/client-node';
import { splitLines } from '../kube/watch-lines.ts';
import { type ApiCall, apiCall } from './api-call.ts';
import type { TestCertificate } from './certificate.ts';
import { type Fault, type FaultRule, FaultRules } from './fault-rules.ts';
import { sendStatus } from './scripted-api-server.ts';

/** The API server behind the proxy. What the client says who it is, as a token, goes through. */
export interface Upstream {
  url: string;
  /** PEM: whom to trust, and a certificate to show. */
  tls?: { ca?: string; cert?: string; key?: string };
}

/** A call that came, in the order in which they came. */
export interface LoggedCall extends ApiCall {
  /** What the API server behind answered; undefined where it was not asked, or has not answered. */
  status: number | undefined;
}

interface Exchange {
  call: LoggedCall;
  response: ServerResponse;
}

/**
 * Stands before an API server, and does to calls, answers and watches what rules say. It cannot be upgraded to a
 * WebSocket, as for an exec.
 */
export class FaultProxy {
  /** For counting. */
  readonly calls: LoggedCall[] = [];
  readonly #upstream: Upstream;
  readonly #rules = new FaultRules();
  readonly #certificate: TestCertificate | undefined;
  readonly #server: Server;
  /** What is shown of frozen resources: the list as it was. */
  readonly #frozen = new Map<string, object>();
  /** Answers of watches that are open. */
  readonly #watches = new Set<ServerResponse>();
  /** Watches that say nothing until their resource thaws. */
  readonly #held = new Set<Exchange>();

  private constructor(upstream: Upstream, certificate: TestCertificate | undefined) {
    this.#upstream = upstream;
    this.#certificate = certificate;
    const listener: RequestListener = (request, response) => {
      // A client that goes away, or an API server that does, ends the exchange and nothing else.
      this.#handle(request, response).catch(() => response.destroy());
    };
    this.#server =
      certificate === undefined
        ? createHttpServer(listener)
        : createHttpsServer({ key: certificate.key, cert: certificate.certificate }, listener);
  }

  /** On a free port unless one is given; with TLS if there is a certificate, without which a client shows no token. */
  static async start(
    upstream: Upstream,
    options: { port?: number; certificate?: TestCertificate } = {},
  ): Promise<FaultProxy> {
    const proxy = new FaultProxy(upstream, options.certificate);
    proxy.#server.listen(options.port ?? 0, '127.0.0.1');
    await once(proxy.#server, 'listening');
    return proxy;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** A KubeConfig for the proxy. */
  kubeConfig(user: { token?: string } = {}): KubeConfig {
    const config = new KubeConfig();
    const ca = this.#certificate?.certificate;
    const server = `${ca === undefined ? 'http' : 'https'}://127.0.0.1:${this.port}`;
    const trust =
      ca === undefined
        ? { skipTLSVerify: true }
        : { skipTLSVerify: false, caData: Buffer.from(ca).toString('base64') };
    config.loadFromClusterAndUser(
      { name: 'faults', server, ...trust },
      { name: 'tester', ...user },
    );
    return config;
  }

  /** @returns what takes the rule away again */
  rule(rule: FaultRule): () => void {
    return this.#rules.add(rule);
  }

  /**
   * From now on the resource is listed as it is now, and nothing is told of it, as by an API server whose cache is behind.
   * Writes go through, and single objects are read as they are: no cache is asked for those.
   */
  async freeze(
    resource: string,
    path: string,
    headers: Record<string, string> = {},
  ): Promise<void> {
    const answer = await this.#forward({ method: 'GET', url: path, headers }, Buffer.alloc(0));
    this.#frozen.set(resource, JSON.parse((await buffer(answer)).toString()));
  }

  /** The resource is read as it is; watches are broken, and tell what happened when they are resumed. */
  thaw(resource: string): void {
    this.#frozen.delete(resource);
    for (const { call, response } of this.#held) if (call.resource === resource) response.destroy();
  }

  /** Ends all watches in good order. */
  endWatches(): void {
    for (const response of this.#watches) response.end();
  }

  /** Breaks all connections; new ones are taken. */
  cut(): void {
    this.#server.closeAllConnections();
  }

  async close(): Promise<void> {
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, 'close');
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await buffer(request);
    const { method = '', url = '', headers } = request;
    const call: LoggedCall = { ...apiCall(method, url), status: undefined };
    this.calls.push(call);
    const exchange = { call, response };
    response.once('finish', () => void this.#pass(this.#rules.due('answered', call), exchange));
    if (!(await this.#pass(this.#rules.due('before', call), exchange))) return;
    const frozen = this.#frozen.get(call.resource);
    if (frozen !== undefined && this.#answerFrozen(frozen, exchange)) return;
    const answer = await this.#forward({ method, url, headers }, body);
    response.once('close', () => answer.destroy());
    call.status = answer.statusCode;
    if (call.verb === 'watch' && answer.statusCode === 200) await this.#tell(answer, exchange);
    else await this.#answer(answer, exchange);
  }

  /** Does these faults; returns whether the exchange goes on as if there were none. */
  async #pass(faults: readonly Fault[], { response }: Exchange): Promise<boolean> {
    for (const fault of faults) {
      if (fault.do === 'delay') await sleep(fault.milliseconds);
      else if (fault.do === 'call') await fault.call();
      else if (fault.do === 'hang') return false;
      else if (fault.do === 'reset') {
        response.destroy();
        return false;
      } else if (fault.do === 'status') {
        const status = { reason: fault.reason, message: 'the proxy says so' };
        sendStatus(response, fault.code, status, fault.headers);
        return false;
      }
    }
    return true;
  }

  async #answer(answer: IncomingMessage, exchange: Exchange): Promise<void> {
    const { call, response } = exchange;
    const faults = this.#rules.due('after', call);
    const body = await buffer(answer);
    if (!(await this.#pass(faults, exchange))) return;
    const cut = faults.find((fault) => fault.do === 'truncate');
    response.writeHead(answer.statusCode ?? 502, headersOf(answer, body.length));
    if (cut === undefined) response.end(body);
    else response.write(body.subarray(0, cut.bytes), () => response.destroy());
  }

  /** Passes on what a watch tells, a line at a time. */
  async #tell(answer: IncomingMessage, exchange: Exchange): Promise<void> {
    const { call, response } = exchange;
    if (!(await this.#pass(this.#rules.due('after', call), exchange))) return;
    response.writeHead(200, { 'content-type': 'application/json' });
    response.flushHeaders();
    this.#watches.add(response);
    response.once('close', () => this.#watches.delete(response));
    for await (const line of splitLines(answer)) {
      if (this.#frozen.has(call.resource)) {
        this.#held.add(exchange);
        return;
      }
      if (response.writableEnded || !(await this.#tellEvent(line, exchange))) return;
    }
    response.end();
  }

  /** Returns whether the watch goes on. */
  async #tellEvent(line: string, exchange: Exchange): Promise<boolean> {
    const { call, response } = exchange;
    const faults = this.#rules.due('event', call, keyOf(line));
    if (!(await this.#pass(faults, exchange))) return false;
    let times = 1;
    for (const fault of faults) {
      if (fault.do === 'inject') response.write(`${fault.line}\n`);
      else if (fault.do === 'drop') times = 0;
      else if (fault.do === 'duplicate') times = 2;
      else if (fault.do === 'end') {
        response.end();
        return false;
      } else if (fault.do === 'truncate') {
        response.write(line.slice(0, fault.bytes), () => response.destroy());
        return false;
      }
    }
    // It is on its way before anything is done to the next one.
    if (times > 0)
      await new Promise((sent) => response.write(`${line}\n`.repeat(times), () => sent(undefined)));
    return true;
  }

  /** Whether the call is answered from what was frozen. */
  #answerFrozen(list: object, exchange: Exchange): boolean {
    const { call, response } = exchange;
    if (call.verb === 'watch') {
      response.writeHead(200, { 'content-type': 'application/json' }).flushHeaders();
      this.#held.add(exchange);
      return true;
    }
    if (call.verb !== 'list') return false;
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(list));
    return true;
  }

  #forward(
    { method, url, headers }: Pick<IncomingMessage, 'method' | 'url' | 'headers'>,
    body: Buffer,
  ): Promise<IncomingMessage> {
    const target = new URL(url ?? '/', this.#upstream.url);
    const send = target.protocol === 'https:' ? httpsRequest : httpRequest;
    const { host: _, connection: __, ...rest } = headers;
    return new Promise((resolve, reject) => {
      const sent = send(target, { ...this.#upstream.tls, method, headers: rest, agent: false });
      sent.once('response', resolve).once('error', reject);
      sent.end(body);
    });
  }
}

interface Metadata {
  name?: string;
  namespace?: string;
}

function objectKeyOf({ namespace, name }: Metadata): string | undefined {
  return namespace === undefined ? name : `${namespace}/${name}`;
}

/** Of the object of an event; undefined for what is no event. */
function keyOf(line: string): string | undefined {
  try {
    return objectKeyOf(JSON.parse(line).object.metadata);
  } catch {
    return undefined;
  }
}

/** Those of the answer; its length anew, as it has come in one piece. */
function headersOf({ headers }: IncomingMessage, length: number): Record<string, string> {
  const retry = headers['retry-after'];
  return {
    'content-type': headers['content-type'] ?? 'application/json',
    'content-length': String(length),
    ...(retry !== undefined && { 'retry-after': retry }),
  };
}
