import { afterEach, beforeEach, expect, it } from 'vitest';
import { ScriptedApiServer, sendJson } from '../testing/scripted-api-server.ts';
import { KubeClient } from './client.ts';
import { PODS } from './resources.ts';

const pod = { namespace: 'shop', name: 'web' };
const PATH = 'GET /api/v1/namespaces/shop/pods/web';

let server: ScriptedApiServer;
let client: KubeClient;

beforeEach(async () => {
  server = await ScriptedApiServer.start();
  server.allow(PATH, (response) => sendJson(response, { metadata: pod }));
});

afterEach(async () => {
  await client.close();
  await server.close();
});

function connect(requestsPerSecond: number): void {
  client = new KubeClient({ kubeConfig: server.kubeConfig(), requestsPerSecond });
}

it('lets calls wait that would be too many a second, and a lease none', async () => {
  connect(1);
  await client.get(PODS, pod);
  const abort = new AbortController();
  const second = client.get(PODS, pod, { signal: abort.signal }).catch((error: unknown) => error);
  await client.get(PODS, pod, { pool: 'lease' });
  const reason = new Error('nobody waits for it any more');
  abort.abort(reason);
  expect(await second).toBe(reason);
  expect(server.requests).toHaveLength(2);
});

it('sends what has waited', async () => {
  connect(20);
  await Promise.all(Array.from({ length: 22 }, () => client.get(PODS, pod)));
  expect(server.requests).toHaveLength(22);
});

it('lets none wait where the API server decides', async () => {
  connect(0);
  await Promise.all(Array.from({ length: 300 }, () => client.get(PODS, pod)));
  expect(server.requests).toHaveLength(300);
});
