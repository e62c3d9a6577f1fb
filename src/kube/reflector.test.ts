import type { ServerResponse } from 'node:http';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  openWatch,
  ScriptedApiServer,
  sendJson,
  sendStatus,
} from '../testing/scripted-api-server.ts';
import { until } from '../testing/until.ts';
import { KubeClient } from './client.ts';
import { Reflector, type ReflectorOptions } from './reflector.ts';
import type { RelistReason } from './relist.ts';
import type { KubernetesObject, Resource } from './resource.ts';
import { type Change, Store } from './store.ts';

const PODS: Resource = { group: '', version: 'v1', plural: 'pods', namespaced: true };
const CALL = 'GET /api/v1/pods';

/** The times of a real reflector, a hundred times shorter; no relist and no silence unless asked for. */
const QUICK = {
  backoffMinimum: 10,
  backoffMaximum: 40,
  backoffReset: 60_000,
  notServed: 20,
  healthy: 25,
} as const;

let server: ScriptedApiServer;
let client: KubeClient;
let stop: AbortController;
let ended: Promise<void> | undefined;
let store: Store<string>;
let changes: string[];
let told: string[];
let reflector: Reflector<string>;

beforeEach(async () => {
  server = await ScriptedApiServer.start();
  client = new KubeClient({ kubeConfig: server.kubeConfig() });
  stop = new AbortController();
  changes = [];
  told = [];
  store = new Store({ onDefect: (error) => told.push(String(error)) });
  store.addListener(({ type, key, source }: Change<string>) =>
    changes.push(`${type} ${key} ${source}`),
  );
});

afterEach(async () => {
  await server.verify();
  stop.abort();
  await ended;
  await client.close();
  await server.close();
});

function start(options: Partial<ReflectorOptions<string, never>> = {}): Reflector<string> {
  reflector = new Reflector({
    client,
    resource: PODS,
    store,
    project: ({ metadata }) => `${metadata.name} ${metadata.resourceVersion}`,
    onOutage: (error) => told.push((error as { reason: string }).reason),
    onRecovered: () => told.push('recovered'),
    onMalformed: (key, wrong) => told.push(`${key}: ${wrong}`),
    ...options,
    timing: { ...QUICK, ...options.timing },
  });
  ended = reflector.run(stop.signal);
  return reflector;
}

function pod(name: string, resourceVersion: string, uid = name): KubernetesObject {
  return { metadata: { name, uid, resourceVersion } };
}

/** Expects a list and answers it with these pods. */
function expectList(resourceVersion: string, ...items: KubernetesObject[]): void {
  const metadata = { resourceVersion };
  server.expect(CALL, (response, { query }) => {
    expect(query.has('watch')).toBe(false);
    expect(query.has('resourceVersion')).toBe(false);
    sendJson(response, { apiVersion: 'v1', kind: 'PodList', metadata, items });
  });
}

type Send = ReturnType<typeof openWatch>;

/** Expects a watch from `resourceVersion`; resolves when it is open. */
function expectWatch(
  resourceVersion: string,
  events: (send: Send, response: ServerResponse) => void = () => {},
): Promise<{ send: Send; response: ServerResponse }> {
  return new Promise((resolve) => {
    server.expect(CALL, (response, { query }) => {
      expect(query.get('watch')).toBe('true');
      expect(query.get('resourceVersion')).toBe(resourceVersion);
      const send = openWatch(response);
      events(send, response);
      resolve({ send, response });
    });
  });
}

function synced(): Promise<unknown> {
  return until('it is in sync', () => reflector.hasSynced());
}

/** How many lists the server was asked for, those aside that only look where it stands. */
function lists(): number {
  return server.requests.filter(({ query }) => !query.has('watch') && query.get('limit') !== '1')
    .length;
}

/** Expects a look at where the server stands, and lets it stand there. */
function expectLook(resourceVersion: string): void {
  server.expect(CALL, (response, { query }) => {
    expect(query.get('limit')).toBe('1');
    sendJson(response, { metadata: { resourceVersion, continue: 'more' }, items: [pod('a', '1')] });
  });
}

/** Does something when the reflector takes its watch for a working one. */
function whenHealthy(act: () => void): void {
  void until('it is healthy', () => reflector.state === 'watching').then(act);
}

const expired = { kind: 'Status', code: 410, reason: 'Expired', message: 'too old' };

describe('list and watch', () => {
  it('fills the store, then follows the events', async () => {
    expectList('10', pod('a', '3'), pod('b', '4'));
    const watching = expectWatch('10');
    start();
    await synced();
    expect(changes).toEqual(['added a list', 'added b list']);
    const { send } = await watching;
    send('MODIFIED', pod('a', '11'));
    send('DELETED', pod('b', '12'));
    send('ADDED', pod('c', '13'));
    await until('the events are there', () => changes.length === 5);
    expect(changes.slice(2)).toEqual(['updated a watch', 'deleted b watch', 'added c watch']);
    expect(store.list()).toEqual(['a 11', 'c 13']);
    expect(store.hasObserved('13')).toBe(true);
    await until('it is healthy', () => reflector.state === 'watching');
    expect(told).toEqual([]);
  });

  it('asks for bookmarks and for five to ten minutes', async () => {
    expectList('10');
    const watching = expectWatch('10');
    start();
    await watching;
    const query = server.requests[1]?.query;
    expect(query?.get('allowWatchBookmarks')).toBe('true');
    expect(Number(query?.get('timeoutSeconds'))).toBeGreaterThanOrEqual(300);
    expect(Number(query?.get('timeoutSeconds'))).toBeLessThanOrEqual(600);
  });

  it('reads all pages before it says that it is in sync', async () => {
    const page = (name: string, token?: string) => ({
      metadata: { resourceVersion: '10', continue: token },
      items: [pod(name, '1')],
    });
    const second = Promise.withResolvers<ServerResponse>();
    server.expect(CALL, (response) => sendJson(response, page('a', 'token')));
    server.expect(CALL, (response) => second.resolve(response));
    expectWatch('10');
    start();
    const response = await second.promise;
    expect(reflector.hasSynced()).toBe(false);
    sendJson(response, page('b'));
    await synced();
    expect(store.list()).toHaveLength(2);
  });

  it('selects by namespace and label', async () => {
    const namespaced = 'GET /api/v1/namespaces/ns/pods';
    server.expect(namespaced, (response) =>
      sendJson(response, { metadata: { resourceVersion: '1' } }),
    );
    server.expect(namespaced, (response) => openWatch(response));
    start({ selection: { namespace: 'ns', labelSelector: 'a=b' } });
    await server.verify();
    for (const { query } of server.requests) expect(query.get('labelSelector')).toBe('a=b');
  });

  it('keeps nothing of an object that the projection drops', async () => {
    expectList('10', pod('a', '3'), pod('hidden', '4'));
    const watching = expectWatch('10');
    start({
      project: ({ metadata }) => (metadata.uid === 'hidden' ? undefined : metadata.name),
    });
    const { send } = await watching;
    expect(store.list()).toEqual(['a']);
    send('MODIFIED', pod('a', '11', 'hidden'));
    await until('it is gone', () => store.list().length === 0);
  });

  it('goes on when the projection throws, and leaves the object as it was', async () => {
    expectList('10', pod('a', '3'), pod('b', '3'));
    const watching = expectWatch('10');
    start({
      project: ({ metadata }) => {
        if (metadata.resourceVersion === '11') throw new Error('mistake');
        return `${metadata.name} ${metadata.resourceVersion}`;
      },
    });
    const { send } = await watching;
    send('MODIFIED', pod('a', '11'));
    send('MODIFIED', pod('b', '12'));
    await until('the event after it is there', () => store.get('b') === 'b 12');
    expect(store.get('a')).toBe('a 3');
    expect(told).toEqual(['a: mistake']);
  });

  it('does not take what it knew of an object for one that came in its place', async () => {
    expectList('10', pod('a', '3'), pod('b', '3'));
    const watching = expectWatch('10');
    start({
      project: ({ metadata }) => {
        if (metadata.uid === 'another') throw new Error('mistake');
        return `${metadata.name} ${metadata.resourceVersion}`;
      },
    });
    const { send } = await watching;
    send('MODIFIED', pod('a', '11', 'another'));
    send('MODIFIED', pod('b', '12'));
    await until('the event after it is there', () => store.get('b') === 'b 12');
    expect(store.get('a')).toBeUndefined();
  });

  it('keeps what is of use of an object, and tells what is not', async () => {
    expectList('10', pod('a', '3'));
    expectWatch('10');
    start({
      project: ({ metadata }, onMalformed) => {
        onMalformed('spec.x');
        onMalformed('spec.y');
        return metadata.name;
      },
    });
    await synced();
    expect(store.get('a')).toBe('a');
    expect(told).toEqual(['a: spec.x, spec.y']);
  });

  it('passes over what nobody can name, in a list and in a watch', async () => {
    const nobody = [null, 7, {}, { metadata: null }, { metadata: { name: 7 } }];
    expectList('10', ...(nobody as unknown as KubernetesObject[]), pod('b', '3'));
    const watching = expectWatch('10');
    start();
    const { send } = await watching;
    send('ADDED', { metadata: { name: {}, resourceVersion: '11' } } as unknown as KubernetesObject);
    send('MODIFIED', pod('b', '12'));
    await until('the event after it is there', () => store.get('b') === 'b 12');
    expect([...store.keys()]).toEqual(['b']);
    expect(told).toEqual([
      ': (all of it)',
      ': (all of it)',
      ': metadata',
      ': metadata',
      ': metadata.name',
      ': metadata.name',
    ]);
  });

  it('stops while it lists, watches or waits, and leaves nothing open', async () => {
    const listing = Promise.withResolvers<ServerResponse>();
    server.expect(CALL, (response) => listing.resolve(response));
    start();
    const closed = Promise.withResolvers<void>();
    (await listing.promise).on('close', () => closed.resolve());
    stop.abort();
    await ended;
    await closed.promise;
  });
});

describe('events that are not new', () => {
  it('case 27: ignores duplicates and older ones, also of objects that are gone', async () => {
    expectList('10', pod('a', '9'));
    const watching = expectWatch('10');
    start();
    const { send } = await watching;
    send('MODIFIED', pod('a', '10'));
    send('DELETED', pod('a', '12'));
    send('MODIFIED', pod('a', '11'));
    send('ADDED', pod('a', '12'));
    send('BOOKMARK', pod('', '20'));
    send('ADDED', pod('b', '15'));
    send('ADDED', pod('c', '21'));
    await until('the last event is there', () => store.get('c') === 'c 21');
    expect(changes).toEqual(['added a list', 'deleted a watch', 'added c watch']);
  });

  it('compares resourceVersions as integers', async () => {
    expectList('9', pod('a', '9'));
    const watching = expectWatch('9');
    start();
    const { send } = await watching;
    send('MODIFIED', pod('a', '10'));
    await until('the event is there', () => store.get('a') === 'a 10');
  });
});

describe('resuming', () => {
  it('case 4: resumes a watch that the server ends from the last event or bookmark, without a list', async () => {
    expectList('10');
    expectWatch('10', (send, response) => {
      send('ADDED', pod('a', '11'));
      response.end();
    });
    expectWatch('11', (send, response) => {
      send('BOOKMARK', pod('', '15'));
      response.end();
    });
    expectWatch('15');
    start();
    await server.verify();
    expect(lists()).toBe(1);
    expect(changes).toEqual(['added a watch']);
    expect(told).toEqual([]);
  });

  it('case 5: resumes after a connection that breaks inside a line, and loses no event', async () => {
    expectList('10');
    expectWatch('10', (send, response) => {
      send('ADDED', pod('a', '11'));
      response.write('{"type":"ADDED","object":{"metad', () => response.destroy());
    });
    expectLook('11');
    expectWatch('11', (send) => send('ADDED', pod('b', '12')));
    start();
    await until('both are there', () => store.list().length === 2);
    expect(lists()).toBe(1);
  });

  it('resumes after a line that ends with the stream', async () => {
    expectList('10');
    expectWatch('10', (_, response) => response.end('{"type":"ADDED","object":{"metad'));
    expectWatch('10', (send) => send('ADDED', pod('a', '11')));
    start();
    await until('the event is there', () => store.list().length === 1);
    expect(lists()).toBe(1);
  });

  it('case 3, case 13: drops a watch that is silent for 90 s, bookmarks included, and resumes', async () => {
    expectList('10');
    const first = expectWatch('10');
    expectLook('13');
    const second = expectWatch('13');
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    try {
      start();
      const { send } = await first;
      send('BOOKMARK', pod('', '11'));
      await until('the watch is open', () => store.hasObserved('11'));
      vi.advanceTimersByTime(89_000);
      send('BOOKMARK', pod('', '12'));
      await until('the bookmark has come', () => store.hasObserved('12'));
      vi.advanceTimersByTime(89_000);
      send('ADDED', pod('a', '13'));
      await until('the event has come by the same watch', () => store.list().length === 1);
      vi.advanceTimersByTime(90_000);
      await second;
      expect(told).toEqual([]);
    } finally {
      vi.useRealTimers();
    }
  });

  it('case 8: resumes after an ERROR event that is no expiry, and is not troubled by the first', async () => {
    const error = { code: 500, reason: 'InternalError', message: 'm' };
    expectList('10');
    expectWatch('10', (send) => whenHealthy(() => send('ERROR', error)));
    expectLook('10');
    expectWatch('10', (send) => send('ADDED', pod('a', '11')));
    start();
    await until('the event is there', () => store.list().length === 1);
    expect(lists()).toBe(1);
    expect(told).toEqual([]);
  });
});

describe('listing again', () => {
  const gap = () => expectList('20', pod('b', '4'), pod('c', '18'), pod('d', '19', 'new-uid'));
  const after = ['updated c list', 'deleted d list', 'added d list', 'deleted a list'];

  beforeEach(() => expectList('10', pod('a', '3'), pod('b', '4'), pod('c', '5'), pod('d', '6')));

  it.each([
    ['an ERROR 410 in the stream', [], (send: Send) => send('ERROR', expired)],
    ['a malformed line', [], (_: Send, response: ServerResponse) => response.write('{"type":}\n')],
    ['an event of no known type', [], (send: Send) => send('NEWS', pod('a', '11'))],
    [
      'a resourceVersion that is too large after a restore of etcd',
      ['Timeout'],
      (send: Send) =>
        send('ERROR', { code: 504, reason: 'Timeout', message: 'Too large resource version: 10' }),
    ],
  ])(
    'case 6, case 7: finds what was missed, deletions too, after %s',
    async (_, tells, breakIt) => {
      expectWatch('10', breakIt);
      gap();
      expectWatch('20');
      start();
      await server.verify();
      expect(changes.slice(4)).toEqual(after);
      expect(lists()).toBe(2);
      expect(told).toEqual(tells);
    },
  );

  it('case 7: does so once after a 410 on opening the watch', async () => {
    server.expect(CALL, (response) => sendJson(response, expired, { code: 410 }));
    gap();
    expectWatch('20');
    start();
    await server.verify();
    expect(changes.slice(4)).toEqual(after);
    expect(lists()).toBe(2);
  });
});

describe('a server that went back, as after a restore of etcd', () => {
  const relists: RelistReason[] = [];
  const onRelist = (reason: RelistReason) => relists.push(reason);
  beforeEach(() => {
    relists.length = 0;
    expectList('100', pod('a', '90'), pod('gone', '95'));
  });

  it.each([
    ['an event', (send: Send) => send('MODIFIED', pod('a', '60'))],
    ['a bookmark', (send: Send) => send('BOOKMARK', pod('', '99'))],
  ])('is listed again after %s from before the watch began', async (_, tell) => {
    expectWatch('100', tell);
    expectList('61', pod('a', '60'));
    expectWatch('61');
    start({ onRelist });
    await until('it has recovered', () => told.includes('recovered'));
    expect(store.list()).toEqual(['a 60']);
    expect(relists).toEqual(['went_back']);
    expect(told).toEqual(['WentBack', 'recovered']);
  });

  it('is found out when it serves again, though it says nothing on a watch', async () => {
    const watching = expectWatch('100');
    start({ onRelist });
    await watching;
    const { port } = server;
    await server.close();
    await until('it is told', () => told.includes('ApiServerUnreachable'));
    server = await ScriptedApiServer.start({ port });
    expectLook('60');
    expectList('61', pod('a', '60'));
    expectWatch('61');
    await until('it has recovered', () => told.includes('recovered'));
    expect(store.list()).toEqual(['a 60']);
    expect(relists).toEqual(['went_back']);
  });

  it('is asked with a back-off where it goes on, and keeps the replica from being ready', async () => {
    const times: number[] = [];
    server.allow(CALL, (response, { query }) => {
      if (query.has('watch')) return openWatch(response)('BOOKMARK', pod('', '5'));
      times.push(performance.now());
      return sendJson(response, { metadata: { resourceVersion: '100' }, items: [] });
    });
    start({ onRelist, timing: { healthy: 5 } });
    await until('it has listed some times', () => times.length >= 6);
    // Ten milliseconds, doubled up to forty, and half of that by chance.
    expect((times[5] ?? 0) - (times[0] ?? 0)).toBeGreaterThan(60);
    expect(reflector.state).toBe('failing');
    expect(told).toEqual(['WentBack']);
  });
});

describe('what is lost again and again', () => {
  it.each([
    ['malformed lines', (_: Send, response: ServerResponse) => response.write('{"type":}\n')],
    ['expired watches', (send: Send) => send('ERROR', expired)],
  ])('is told once, as are %s, and it is not ready meanwhile', async (_, breakIt) => {
    const relists: RelistReason[] = [];
    server.allow(CALL, (response, { query }) => {
      if (query.has('watch')) return breakIt(openWatch(response), response);
      return sendJson(response, { metadata: { resourceVersion: '10' }, items: [] });
    });
    start({ onRelist: (reason) => relists.push(reason) });
    await until('it has listed some times', () => relists.length >= 6);
    expect(reflector.state).toBe('failing');
    expect(told).toHaveLength(1);
  });

  it('is over when it has gone well for as long as a back-off lasts', async () => {
    for (let count = 0; count < 2; count += 1) {
      expectList('10');
      expectWatch('10', (send) => send('ERROR', expired));
    }
    expectList('10');
    expectWatch('10');
    start({ timing: { backoffReset: 300 } });
    await server.verify();
    const openedAt = performance.now();
    await until('it has recovered', () => told.includes('recovered'));
    expect(performance.now() - openedAt).toBeGreaterThan(200);
    expect(told).toEqual(['Expired', 'recovered']);
  });
});

describe('a list', () => {
  it('comes in time, however long a watch may be', async () => {
    expectList('10');
    expectWatch('10');
    start({ timing: { relist: [20_000, 20_000] } });
    await server.verify();
    expect(Number(server.requests[1]?.query.get('timeoutSeconds'))).toBeLessThanOrEqual(20);
  });

  it('case 7: takes everything in one page when a continue token has expired', async () => {
    server.expect(CALL, (response) =>
      sendJson(response, {
        metadata: { resourceVersion: '10', continue: 'token' },
        items: [pod('a', '1'), pod('gone', '2')],
      }),
    );
    server.expect(CALL, (response) => sendJson(response, expired, { code: 410 }));
    server.expect(CALL, (response, { query }) => {
      expect(query.has('limit')).toBe(false);
      sendJson(response, {
        metadata: { resourceVersion: '20' },
        items: [pod('a', '1'), pod('b', '2')],
      });
    });
    expectWatch('20');
    start();
    await synced();
    await server.verify();
    expect([...store.keys()]).toEqual(['a', 'b']);
  });

  it('case 26: does so as a precaution after a time, without telling what has not changed', async () => {
    expectList('10', pod('a', '3'));
    expectWatch('10', (_, response) => whenHealthy(() => response.end()));
    expectList('20', pod('a', '3'), pod('missed', '15'));
    expectWatch('20');
    start({ timing: { relist: [5, 10] } });
    await server.verify();
    expect(changes).toEqual(['added a list', 'added missed list']);
  });

  it('takes everything in one page where the pages of that precaution have expired', async () => {
    const end = (_: Send, response: ServerResponse) => whenHealthy(() => response.end());
    expectList('10', pod('a', '3'));
    expectWatch('10', end);
    server.expect(CALL, (response) =>
      sendJson(response, {
        metadata: { resourceVersion: '20', continue: 'token' },
        items: [pod('a', '3')],
      }),
    );
    server.expect(CALL, (response) => sendJson(response, expired, { code: 410 }));
    expectWatch('10', end);
    server.expect(CALL, (response, { query }) => {
      expect(query.has('limit')).toBe(false);
      sendJson(response, { metadata: { resourceVersion: '20' }, items: [pod('b', '15')] });
    });
    expectWatch('20');
    start({ timing: { relist: [5, 10], backoffMaximum: 1 } });
    await server.verify();
    expect([...store.keys()]).toEqual(['b']);
  });

  it('goes on watching when that precaution fails, and takes nothing older from the watch', async () => {
    expectList('10', pod('a', '3'));
    expectWatch('10', (_, response) => whenHealthy(() => response.end()));
    server.expect(CALL, (response) =>
      sendJson(response, {
        metadata: { resourceVersion: '20', continue: 'token' },
        items: [pod('a', '15')],
      }),
    );
    server.expect(CALL, (response) =>
      sendStatus(response, 500, { reason: 'InternalError', message: '' }),
    );
    expectWatch('10', (send) => {
      send('MODIFIED', pod('a', '12'));
      send('MODIFIED', pod('b', '13'));
    });
    start({ timing: { relist: [5, 10], backoffMaximum: 60_000 } });
    await until('the later event is there', () => store.get('b') === 'b 13');
    expect(store.get('a')).toBe('a 15');
    expect(told).toEqual([]);
  });
});

describe('outage', () => {
  it('is told once, and recovered from', async () => {
    const forbidden = { reason: 'Forbidden', message: 'no' };
    for (let count = 0; count < 3; count += 1) {
      server.expect(CALL, (response) => sendStatus(response, 403, forbidden));
    }
    expectList('10', pod('a', '1'));
    expectWatch('10');
    start();
    await until('it has recovered', () => told.includes('recovered'));
    expect(told).toEqual(['Forbidden', 'recovered']);
    expect(store.list()).toHaveLength(1);
  });

  it('is told when a list works and the watch is refused; the list is not repeated', async () => {
    expectList('10', pod('a', '1'));
    server.expect(CALL, (response) =>
      sendStatus(response, 403, { reason: 'Forbidden', message: '' }),
    );
    server.expect(CALL, (response) =>
      sendStatus(response, 403, { reason: 'Forbidden', message: '' }),
    );
    expectWatch('10');
    start();
    await synced();
    await until('it has recovered', () => told.includes('recovered'));
    expect(told).toEqual(['Forbidden', 'recovered']);
    expect(lists()).toBe(1);
  });

  it('case 40: waits for a resource that is not served, and finds it when it is', async () => {
    const notFound = (response: ServerResponse) =>
      response.writeHead(404).end('404 page not found\n');
    for (let count = 0; count < 4; count += 1) server.expect(CALL, notFound);
    const listed = Promise.withResolvers<void>();
    server.expect(CALL, (response) => {
      listed.resolve();
      expect(reflector.state).toBe('notServed');
      sendJson(response, { metadata: { resourceVersion: '1' }, items: [] });
    });
    expectWatch('1');
    start({ timing: { backoffMaximum: 60_000, backoffMinimum: 30_000 } });
    await listed.promise;
    await until('it has recovered', () => told.includes('recovered'));
    expect(told).toEqual(['NotFound', 'recovered']);
    expect(reflector.state).toBe('watching');
  });

  it('case 40: lists again when a resource has been away', async () => {
    expectList('10', pod('a', '1'));
    expectWatch('10', (_, response) => whenHealthy(() => response.end()));
    server.expect(CALL, (response) => response.writeHead(404).end());
    expectList('30', pod('b', '29'));
    expectWatch('30');
    start();
    await server.verify();
    expect([...store.keys()]).toEqual(['b']);
    expect(told).toContain('NotFound');
  });

  it('case 9: waits as long as the server asks', async () => {
    const times: number[] = [];
    server.expect(CALL, (response) => {
      times.push(performance.now());
      const status = { reason: 'TooManyRequests', message: 'slow down' };
      sendStatus(response, 429, status, { 'retry-after': '1' });
    });
    server.expect(CALL, (response) => {
      times.push(performance.now());
      sendJson(response, { metadata: { resourceVersion: '1' } });
    });
    expectWatch('1');
    start();
    await synced();
    expect((times[1] ?? 0) - (times[0] ?? 0)).toBeGreaterThan(995);
  });

  it('case 2: survives a server that goes away and comes back', async () => {
    expectList('10', pod('a', '1'));
    const watching = expectWatch('10');
    start();
    await watching;
    await until('it is healthy', () => reflector.state === 'watching');
    const { port } = server;
    await server.close();
    await until('it is told', () => told.includes('ApiServerUnreachable'));
    server = await ScriptedApiServer.start({ port });
    expectLook('10');
    expectWatch('10', (send) => send('ADDED', pod('b', '11')));
    await until('the event is there', () => store.get('b') === 'b 11');
    await until('it has recovered', () => told.includes('recovered'));
    expect(told).toEqual(['ApiServerUnreachable', 'recovered']);
    expect(lists()).toBe(0);
    expect(store.get('a')).toBe('a 1');
  });

  it('case 1: begins at once when any call succeeds again, whatever it was waiting for', async () => {
    const slow = { backoffMinimum: 2_000_000, backoffMaximum: 2_000_000, backoffReset: 9_000_000 };
    server.expect(CALL, (response) =>
      sendStatus(response, 503, { reason: 'ServiceUnavailable', message: '' }),
    );
    vi.spyOn(Math, 'random').mockReturnValue(0);
    vi.useFakeTimers({ toFake: ['performance'] });
    const patient = new KubeClient({ kubeConfig: server.kubeConfig() });
    try {
      start({ client: patient, timing: slow });
      await until('it is told', () => told.length > 0);
      expectList('10', pod('a', '1'));
      expectWatch('10');
      vi.advanceTimersByTime(3_000);
      server.expect('GET /api/v1/pods/any', (response) => sendJson(response, pod('any', '1')));
      await patient.get(PODS, { name: 'any' });
      await server.verify();
    } finally {
      vi.useRealTimers();
      vi.restoreAllMocks();
      stop.abort();
      await ended;
      await patient.close();
    }
  });

  it('case 4: asks a server that ends every watch at once no more than once in a while', async () => {
    expectList('10');
    const times: number[] = [];
    server.allow(CALL, (response) => {
      times.push(performance.now());
      openWatch(response);
      response.end();
    });
    start();
    await until('it has asked some times', () => times.length >= 5);
    expect((times[4] ?? 0) - (times[0] ?? 0)).toBeGreaterThan(4 * (QUICK.healthy - 5));
    expect(told).toEqual([]);
  });
});
