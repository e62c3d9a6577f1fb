import type { ServerResponse } from 'node:http';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { ApiService, ConvertedDefinition } from '../domain/preflight/usage.ts';
import type { Resource } from '../kube/resource.ts';
import { Store } from '../kube/store.ts';
import { createLog } from '../telemetry/log.ts';
import { createMetrics, type Metrics } from '../telemetry/metrics.ts';
import { samplesOf } from '../testing/metric-samples.ts';
import { openWatch, sendJson, sendStatus } from '../testing/scripted-api-server.ts';
import { scriptedClient } from '../testing/scripted-client.ts';
import { until } from '../testing/until.ts';
import { MalformedObjects } from './malformed-objects.ts';
import { Outages } from './outages.ts';
import { Reflectors } from './reflectors.ts';

const THINGS: Resource = {
  group: 'example.com',
  version: 'v1',
  plural: 'things',
  namespaced: true,
};
const NOT_FOUND = {
  reason: 'NotFound',
  message: 'the server could not find the requested resource',
};
const onDefect = (error: unknown) => {
  throw error;
};

const scripted = scriptedClient();
let stop: AbortController;
let reflectors: Reflectors;
let metrics: Metrics;

beforeEach(() => {
  scripted.server.allow('GET /apis/example.com/v1/things', (response) =>
    sendStatus(response, 404, NOT_FOUND),
  );
  stop = new AbortController();
  const log = createLog('error');
  log.silent = true;
  metrics = createMetrics();
  const malformed = new MalformedObjects(log, metrics);
  const outages = new Outages(log);
  const { client } = scripted;
  reflectors = new Reflectors({ client, outages, malformed, metrics, relist: [60_000, 60_000] });
});

afterEach(() => stop.abort());

function what() {
  return {
    resource: THINGS,
    store: new Store<object>({ onDefect }),
    project: (object: object) => object,
  };
}

test('a resource that the server does not know keeps the replica from being ready', async () => {
  reflectors.follow(what(), stop.signal);
  await until('it was asked for', () => scripted.server.requests.length > 0);
  expect(reflectors.areReady).toBe(false);
});

const NAME = { key: 'things.example.com', uid: '1' };

test('a resource that cannot be read is told as blind, and one that may be absent is not', async () => {
  const blind = () => samplesOf(metrics, 'portlock_blind_reflectors');
  const { reflector } = reflectors.follow(what(), stop.signal);
  expect(await blind()).toEqual({ 'resource="things.example.com"': 0 });
  await until('it is absent', () => reflector.state === 'notServed');
  expect(await blind()).toEqual({ 'resource="things.example.com"': 1 });
  const optional = {
    ...what(),
    resource: { ...THINGS, plural: 'others' },
    absence: 'normal',
  } as const;
  scripted.server.allow('GET /apis/example.com/v1/others', (response) =>
    sendStatus(response, 404, NOT_FOUND),
  );
  const { reflector: other } = reflectors.follow(optional, stop.signal);
  await until('it is absent', () => other.state === 'notServed');
  expect(await blind()).toMatchObject({ 'resource="others.example.com"': 0 });
});

test('a kind that is defined, but not served yet, does not', async () => {
  const definitions = new Store<{ versions: string[] }>({ onDefect });
  reflectors.followWhileDefined(what(), definitions, stop.signal);
  definitions.set({ ...NAME, resourceVersion: '1' }, { versions: ['v1'] }, 'watch');
  await until('it was asked for and found to be absent', () => reflectors.areReady);
  expect(scripted.server.requests.length).toBeGreaterThan(0);
});

test('a kind is followed only while it is defined, and nothing of it stays', async () => {
  const definitions = new Store<{ versions: string[] }>({ onDefect });
  const things = what();
  reflectors.followWhileDefined(things, definitions, stop.signal);
  expect(scripted.server.requests).toEqual([]);
  definitions.set({ ...NAME, resourceVersion: '1' }, { versions: ['v1'] }, 'watch');
  await until('it is asked for', () => scripted.server.requests.length > 0);
  things.store.set({ key: 'a/b', uid: '2', resourceVersion: '2' }, {}, 'watch');
  definitions.delete('things.example.com', 'watch');
  expect(things.store.list()).toEqual([]);
});

test('a kind that is served in other versions only is read in the first of them', async () => {
  const paths = () => scripted.server.requests.map(({ path }) => path.split('?')[0]);
  scripted.server.allow('GET /apis/example.com/v2/things', (response) =>
    sendStatus(response, 404, NOT_FOUND),
  );
  const definitions = new Store<{ versions: string[] }>({ onDefect });
  reflectors.followWhileDefined(what(), definitions, stop.signal);
  definitions.set({ ...NAME, resourceVersion: '1' }, { versions: ['v2', 'v3'] }, 'watch');
  await until('it is asked for', () => paths().includes('/apis/example.com/v2/things'));
  definitions.set({ ...NAME, resourceVersion: '2' }, { versions: ['v2', 'v1'] }, 'watch');
  await until('the one that is known', () => paths().includes('/apis/example.com/v1/things'));
});

test('a kind is followed while an API server of its own is registered, or a definition is there', async () => {
  const definitions = new Store<ConvertedDefinition>({ onDefect });
  const apiServices = new Store<ApiService>({ onDefect });
  const things = what();
  const register = (service: ApiService['service'], resourceVersion: string) => {
    const identity = { key: 'v1.example.com', uid: '1', resourceVersion };
    apiServices.set(identity, { name: 'v1.example.com', service }, 'watch');
  };
  const isKept = () => {
    things.store.set({ key: 'a/b', uid: '2', resourceVersion: '2' }, {}, 'watch');
    definitions.delete('things.example.com', 'watch');
    return things.store.list().length > 0;
  };
  reflectors.followWhileServed(things, { definitions, apiServices }, stop.signal);
  // The API server's own, which comes with every definition.
  register(undefined, '1');
  expect(await samplesOf(metrics, 'portlock_blind_reflectors'), 'nothing is followed').toEqual({});
  register({ namespace: 'openshift-apiserver', name: 'api', port: 443 }, '2');
  await until('it is asked for', () => scripted.server.requests.length > 0);
  const defined = { name: 'things.example.com', versions: ['v1'], service: undefined };
  definitions.set({ ...NAME, resourceVersion: '1' }, defined, 'watch');
  expect(isKept(), 'the API server is still there').toBe(true);
  definitions.set({ ...NAME, resourceVersion: '2' }, defined, 'watch');
  apiServices.delete('v1.example.com', 'watch');
  expect(isKept(), 'nothing brings it any more').toBe(false);
});

const call = 'GET /apis/example.com/v1/things';
const thing = (name: string, resourceVersion: string) => ({
  metadata: { name, namespace: 'ns', uid: name, resourceVersion },
});

test('what no watch told of is counted when it is read again, and why it was', async () => {
  const list = (resourceVersion: string, items: object[]) => (response: ServerResponse) =>
    sendJson(response, { metadata: { resourceVersion }, items });
  scripted.server.expect(call, list('10', [thing('same', '1'), thing('gone', '2')]));
  scripted.server.expect(call, (response) => openWatch(response)('ERROR', { code: 410 }));
  scripted.server.expect(call, list('20', [thing('same', '1'), thing('new', '15')]));
  scripted.server.expect(call, (response) => openWatch(response));
  reflectors.follow(what(), stop.signal);
  await scripted.server.verify();
  const text = await metrics.registry.metrics();
  const lines = text.split('\n').filter((line) => line.includes('resource="things.example.com"'));
  expect(lines).toEqual([
    'portlock_blind_reflectors{resource="things.example.com"} 0',
    'portlock_relists_total{resource="things.example.com",reason="periodic"} 0',
    'portlock_relists_total{resource="things.example.com",reason="expired"} 1',
    'portlock_relists_total{resource="things.example.com",reason="malformed_line"} 0',
    'portlock_relists_total{resource="things.example.com",reason="went_back"} 0',
    'portlock_missed_events_total{resource="things.example.com"} 2',
  ]);
});
