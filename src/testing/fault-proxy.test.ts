import type { ServerResponse } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { KubeClient } from '../kube/client.ts';
import { PODS } from '../kube/resources.ts';
import type { WatchEvent } from '../kube/watch-events.ts';
import { sharedCertificate } from './certificate.ts';
import { FaultProxy } from './fault-proxy.ts';
import type { Fault, FaultRule } from './fault-rules.ts';
import { openWatch, ScriptedApiServer, sendJson } from './scripted-api-server.ts';
import { until } from './until.ts';

const POD = 'GET /api/v1/namespaces/ns/pods/a';
const LIST = 'GET /api/v1/pods';
const A = { namespace: 'ns', name: 'a' };
const pod = (name: string, resourceVersion: string) => ({
  metadata: { namespace: 'ns', name, uid: name, resourceVersion },
});

const certificate = sharedCertificate();
let server: ScriptedApiServer;
let proxy: FaultProxy;
let client: KubeClient;

beforeEach(async () => {
  server = await ScriptedApiServer.start();
  server.allow(POD, (response) => sendJson(response, pod('a', '1')));
  proxy = await FaultProxy.start({ url: server.url }, { certificate });
  client = new KubeClient({ kubeConfig: proxy.kubeConfig({ token: 'secret' }) });
});
afterEach(async () => {
  await client.close();
  await proxy.close();
  await server.close();
});

const outcome = (signal?: AbortSignal) =>
  client.get(PODS, A, { signal }).then(
    ({ metadata }) => metadata.name,
    (error: { reason?: string }) => error.reason ?? String(error),
  );

describe('a call through the proxy', () => {
  it('is as without it where no rule fits, and is logged', async () => {
    proxy.rule({ phase: 'before', verb: 'list', fault: { do: 'reset' } });
    proxy.rule({ phase: 'before', resource: 'services', fault: { do: 'reset' } });
    proxy.rule({ phase: 'before', key: 'ns/b', fault: { do: 'reset' } });
    proxy.rule({ phase: 'before', namespace: 'other', fault: { do: 'reset' } });
    expect(await outcome()).toBe('a');
    expect(server.requests[0]?.headers.authorization).toBe('Bearer secret');
    expect(proxy.calls).toEqual([
      {
        verb: 'get',
        resource: 'pods',
        namespace: 'ns',
        key: 'ns/a',
        subresource: undefined,
        status: 200,
      },
    ]);
    proxy.rule({ phase: 'before', namespace: 'ns', fault: { do: 'reset' } });
    expect(await outcome()).toBe('ApiServerUnreachable');
  });

  it.each<[string, FaultRule, string, number]>([
    [
      'gets another answer',
      { phase: 'before', fault: { do: 'status', code: 503, reason: 'ServiceUnavailable' } },
      'ServiceUnavailable',
      0,
    ],
    [
      'breaks before it is made',
      { phase: 'before', fault: { do: 'reset' } },
      'ApiServerUnreachable',
      0,
    ],
    ['loses its answer', { phase: 'after', fault: { do: 'reset' } }, 'ApiServerUnreachable', 1],
    [
      'gets half of an answer',
      { phase: 'after', fault: { do: 'truncate', bytes: 10 } },
      'ApiServerUnreachable',
      1,
    ],
    ['is delayed', { phase: 'before', fault: { do: 'delay', milliseconds: 1 } }, 'a', 1],
  ])('%s', async (_, rule, expected, asked) => {
    proxy.rule(rule);
    expect(await outcome()).toBe(expected);
    expect(server.requests).toHaveLength(asked);
  });

  it.each(['before', 'after'] as const)('hangs %s it is made', async (phase) => {
    const stop = new AbortController();
    proxy.rule({ phase, fault: { do: 'hang' } });
    const hanging = outcome(stop.signal);
    const asked = phase === 'after' ? 1 : 0;
    await until('it is there', () => proxy.calls.length === 1 && server.requests.length === asked);
    stop.abort(new Error('enough'));
    expect(await hanging).toBe('Error: enough');
  });

  it('fails at the turns that the rule names, until it is taken away', async () => {
    const fault: Fault = { do: 'status', code: 500, reason: 'InternalError' };
    proxy.rule({ phase: 'before', nth: 2, fault });
    expect([await outcome(), await outcome(), await outcome()]).toEqual([
      'a',
      'InternalError',
      'a',
    ]);
    const take = proxy.rule({ phase: 'before', nth: (nth) => nth % 2 === 1, fault });
    expect([await outcome(), await outcome()]).toEqual(['InternalError', 'a']);
    take();
    expect([await outcome(), await outcome()]).toEqual(['a', 'a']);
  });

  it('calls back at each phase, in their order', async () => {
    const order: string[] = [];
    for (const phase of ['answered', 'after', 'before'] as const)
      proxy.rule({ phase, fault: { do: 'call', call: () => order.push(phase) } });
    await outcome();
    await until('all are there', () => order.length === 3);
    expect(order).toEqual(['before', 'after', 'answered']);
  });
});

describe('a watch through the proxy', () => {
  const lines: ServerResponse[] = [];
  let events: string[];
  let ended: Promise<string>;

  /** Watches; the server sends b, c and d at once. */
  function watch(rule?: FaultRule): void {
    if (rule !== undefined) proxy.rule(rule);
    lines.length = 0;
    events = [];
    server.expect(LIST, (response) => {
      lines.push(response);
      const send = openWatch(response);
      for (const [index, name] of ['b', 'c', 'd'].entries())
        send('ADDED', pod(name, String(index + 11)));
    });
    const options = { resourceVersion: '10', timeoutSeconds: 60 };
    const read = async (): Promise<string> => {
      for await (const { object } of client.watch(PODS, options) as AsyncIterable<WatchEvent>)
        events.push(object.metadata.name);
      return 'ended';
    };
    ended = read().catch(({ name }: Error) => name);
  }

  it.each<[string, Fault, string, string]>([
    ['drops an event', { do: 'drop' }, 'b d', ''],
    ['tells an event twice', { do: 'duplicate' }, 'b c c d', ''],
    ['ends in good order', { do: 'end' }, 'b', 'ended'],
    ['breaks', { do: 'reset' }, 'b', 'ApiUnreachableError'],
    ['breaks inside of a line', { do: 'truncate', bytes: 9 }, 'b', 'ApiUnreachableError'],
    ['tells a line of its own', { do: 'inject', line: '{"type":}' }, 'b', 'MalformedLineError'],
  ])('%s', async (_, fault, expected, end) => {
    watch({ phase: 'event', key: 'ns/c', fault });
    await until('the events are there', () => events.join(' ') === expected);
    if (end !== '') expect(await ended).toBe(end);
  });

  it.each<[string, () => void, string]>([
    ['ends with all others in good order', () => proxy.endWatches(), 'ended'],
    ['breaks with all other connections', () => proxy.cut(), 'ApiUnreachableError'],
  ])('%s', async (_, act, end) => {
    watch();
    await until('the events are there', () => events.length === 3);
    act();
    expect(await ended).toBe(end);
    expect(await outcome()).toBe('a');
  });

  it('says nothing after an event that hangs', async () => {
    watch({ phase: 'event', key: 'ns/c', fault: { do: 'hang' } });
    await until('the first is there', () => events.length === 1);
    lines[0]?.write(`${JSON.stringify({ type: 'ADDED', object: pod('e', '20') })}\n`);
    expect(await outcome()).toBe('a');
    expect(events).toEqual(['b']);
  });
});

describe('a frozen resource', () => {
  it('is listed as it was, and tells nothing until it thaws; single objects are read as they are', async () => {
    const list = (...items: object[]) => ({ metadata: { resourceVersion: '10' }, items });
    server.expect(LIST, (response) => sendJson(response, list(pod('old', '5'))));
    await proxy.freeze('pods', '/api/v1/pods');
    const read = async () => {
      const names: string[] = [];
      for await (const { items } of client.list(PODS))
        names.push(...items.map(({ metadata }) => metadata.name));
      return names;
    };
    expect(await read()).toEqual(['old']);
    expect(await outcome()).toBe('a');
    const options = { resourceVersion: '10', timeoutSeconds: 60 };
    const watching = client
      .watch(PODS, options)
      .next()
      .catch(({ name }: Error) => name);
    await until('it watches', () => proxy.calls.at(-1)?.verb === 'watch');
    proxy.thaw('pods');
    expect(await watching).toBe('ApiUnreachableError');
    expect(await outcome()).toBe('a');
    server.expect(LIST, (response) => sendJson(response, list(pod('new', '11'))));
    expect(await read()).toEqual(['new']);
  });
});
