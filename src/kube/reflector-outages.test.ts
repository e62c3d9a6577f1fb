import type { ServerResponse } from 'node:http';
import { describe, expect, it, vi } from 'vitest';
import { CALL, PODS, QUICK, reflectedPod, reflectedPods } from '../testing/reflected-pods.ts';
import {
  openWatch,
  ScriptedApiServer,
  sendJson,
  sendStatus,
} from '../testing/scripted-api-server.ts';
import { until } from '../testing/until.ts';
import { KubeClient } from './client.ts';

const scene = reflectedPods();

describe('outage', () => {
  it('is told once, and recovered from', async () => {
    const forbidden = { reason: 'Forbidden', message: 'no' };
    for (let count = 0; count < 3; count += 1) {
      scene.pods.server.expect(CALL, (response) => sendStatus(response, 403, forbidden));
    }
    scene.pods.server.expect(CALL, (response) => {
      expect(scene.pods.reflector.state).toBe('failing');
      sendJson(response, {
        metadata: { resourceVersion: '10' },
        items: [reflectedPod('a', '1')],
      });
    });
    scene.pods.expectWatch('10');
    expect(scene.pods.start().state).toBe('starting');
    await until('it has recovered', () => scene.pods.told.includes('recovered'));
    expect(scene.pods.told).toEqual(['Forbidden', 'recovered']);
    expect(scene.pods.store.list()).toHaveLength(1);
  });

  it('is told when a list works and the watch is refused; the list is not repeated', async () => {
    scene.pods.expectList('10', reflectedPod('a', '1'));
    scene.pods.server.expect(CALL, (response) =>
      sendStatus(response, 403, { reason: 'Forbidden', message: '' }),
    );
    scene.pods.server.expect(CALL, (response) =>
      sendStatus(response, 403, { reason: 'Forbidden', message: '' }),
    );
    scene.pods.expectWatch('10');
    scene.pods.start();
    await scene.pods.synced();
    await until('it has recovered', () => scene.pods.told.includes('recovered'));
    expect(scene.pods.told).toEqual(['Forbidden', 'recovered']);
    expect(scene.pods.lists()).toBe(1);
  });

  it('case 40: waits for a resource that is not served, and finds it when it is', async () => {
    const notFound = (response: ServerResponse) =>
      response.writeHead(404).end('404 page not found\n');
    for (let count = 0; count < 4; count += 1) scene.pods.server.expect(CALL, notFound);
    const listed = Promise.withResolvers<void>();
    scene.pods.server.expect(CALL, (response) => {
      listed.resolve();
      expect(scene.pods.reflector.state).toBe('notServed');
      sendJson(response, { metadata: { resourceVersion: '1' }, items: [] });
    });
    scene.pods.expectWatch('1');
    scene.pods.start({ timing: { backoffMaximum: 60_000, backoffMinimum: 30_000 } });
    await listed.promise;
    await until('it has recovered', () => scene.pods.told.includes('recovered'));
    expect(scene.pods.told).toEqual(['NotFound', 'recovered']);
    expect(scene.pods.reflector.state).toBe('watching');
  });

  it('case 40: lists again when a resource has been away', async () => {
    scene.pods.expectList('10', reflectedPod('a', '1'));
    scene.pods.expectWatch('10', (_, response) => scene.pods.whenHealthy(() => response.end()));
    scene.pods.server.expect(CALL, (response) => response.writeHead(404).end());
    scene.pods.expectList('30', reflectedPod('b', '29'));
    scene.pods.expectWatch('30');
    scene.pods.start();
    await scene.pods.server.verify();
    expect([...scene.pods.store.keys()]).toEqual(['b']);
    expect(scene.pods.told).toContain('NotFound');
  });

  it('case 9: waits as long as the server asks', async () => {
    const times: number[] = [];
    scene.pods.server.expect(CALL, (response) => {
      times.push(performance.now());
      const status = { reason: 'TooManyRequests', message: 'slow down' };
      sendStatus(response, 429, status, { 'retry-after': '1' });
    });
    scene.pods.server.expect(CALL, (response) => {
      times.push(performance.now());
      sendJson(response, { metadata: { resourceVersion: '1' } });
    });
    scene.pods.expectWatch('1');
    scene.pods.start();
    await scene.pods.synced();
    expect((times[1] ?? 0) - (times[0] ?? 0)).toBeGreaterThan(995);
  });

  it('case 2: survives a server that goes away and comes back', async () => {
    scene.pods.expectList('10', reflectedPod('a', '1'));
    const watching = scene.pods.expectWatch('10');
    scene.pods.start();
    await watching;
    await until('it is healthy', () => scene.pods.reflector.state === 'watching');
    const { port } = scene.pods.server;
    await scene.pods.server.close();
    await until('it is told', () => scene.pods.told.includes('ApiServerUnreachable'));
    scene.pods.server = await ScriptedApiServer.start({ port });
    scene.pods.expectLook('10');
    scene.pods.expectWatch('10', (send) => send('ADDED', reflectedPod('b', '11')));
    await until('the event is there', () => scene.pods.store.get('b') === 'b 11');
    await until('it has recovered', () => scene.pods.told.includes('recovered'));
    expect(scene.pods.told).toEqual(['ApiServerUnreachable', 'recovered']);
    expect(scene.pods.lists()).toBe(0);
    expect(scene.pods.store.get('a')).toBe('a 1');
  });

  it('case 1: begins at once when any call succeeds again, whatever it was waiting for', async () => {
    const slow = { backoffMinimum: 2_000_000, backoffMaximum: 2_000_000, backoffReset: 9_000_000 };
    scene.pods.server.expect(CALL, (response) =>
      sendStatus(response, 503, { reason: 'ServiceUnavailable', message: '' }),
    );
    vi.spyOn(Math, 'random').mockReturnValue(0);
    vi.useFakeTimers({ toFake: ['performance'] });
    const patient = new KubeClient({ kubeConfig: scene.pods.server.kubeConfig() });
    try {
      scene.pods.start({ client: patient, timing: slow });
      await until('it is told', () => scene.pods.told.length > 0);
      scene.pods.expectList('10', reflectedPod('a', '1'));
      scene.pods.expectWatch('10');
      vi.advanceTimersByTime(3_000);
      scene.pods.server.expect('GET /api/v1/pods/any', (response) =>
        sendJson(response, reflectedPod('any', '1')),
      );
      await patient.get(PODS, { name: 'any' });
      await scene.pods.server.verify();
    } finally {
      vi.useRealTimers();
      vi.restoreAllMocks();
      scene.pods.stop.abort();
      await scene.pods.ended;
      await patient.close();
    }
  });

  it('case 4: asks a server that ends every watch at once no more than once in a while', async () => {
    scene.pods.expectList('10');
    const times: number[] = [];
    scene.pods.server.allow(CALL, (response) => {
      times.push(performance.now());
      openWatch(response);
      response.end();
    });
    scene.pods.start();
    await until('it has asked some times', () => times.length >= 5);
    expect((times[4] ?? 0) - (times[0] ?? 0)).toBeGreaterThan(4 * (QUICK.healthy - 5));
    expect(scene.pods.told).toEqual([]);
  });
});
