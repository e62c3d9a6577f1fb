import type { ServerResponse } from 'node:http';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  CALL,
  expired,
  reflectedPod,
  reflectedPods,
  type Send,
} from '../testing/reflected-pods.ts';
import { openWatch, ScriptedApiServer, sendJson } from '../testing/scripted-api-server.ts';
import { until } from '../testing/until.ts';
import type { RelistReason } from './relist.ts';

const scene = reflectedPods();

describe('a server that went back, as after a restore of etcd', () => {
  const relists: RelistReason[] = [];
  const onRelist = (reason: RelistReason) => relists.push(reason);
  beforeEach(() => {
    relists.length = 0;
    scene.pods.expectList('100', reflectedPod('a', '90'), reflectedPod('gone', '95'));
  });

  it.each([
    ['an event', (send: Send) => send('MODIFIED', reflectedPod('a', '60'))],
    ['a bookmark', (send: Send) => send('BOOKMARK', reflectedPod('', '99'))],
  ])('is listed again after %s from before the watch began', async (_, tell) => {
    scene.pods.expectWatch('100', tell);
    scene.pods.expectList('61', reflectedPod('a', '60'));
    scene.pods.expectWatch('61');
    scene.pods.start({ onRelist });
    await until('it has recovered', () => scene.pods.told.includes('recovered'));
    expect(scene.pods.store.list()).toEqual(['a 60']);
    expect(relists).toEqual(['went_back']);
    expect(scene.pods.told).toEqual(['WentBack', 'recovered']);
  });

  it('is found out when it serves again, though it says nothing on a watch', async () => {
    const watching = scene.pods.expectWatch('100');
    scene.pods.start({ onRelist });
    await watching;
    const { port } = scene.pods.server;
    await scene.pods.server.close();
    await until('it is told', () => scene.pods.told.includes('ApiServerUnreachable'));
    scene.pods.server = await ScriptedApiServer.start({ port });
    scene.pods.expectLook('60');
    scene.pods.expectList('61', reflectedPod('a', '60'));
    scene.pods.expectWatch('61');
    await until('it has recovered', () => scene.pods.told.includes('recovered'));
    expect(scene.pods.store.list()).toEqual(['a 60']);
    expect(relists).toEqual(['went_back']);
  });

  it('is asked with a back-off where it goes on, and keeps the replica from being ready', async () => {
    const times: number[] = [];
    scene.pods.server.allow(CALL, (response, { query }) => {
      if (query.has('watch')) return openWatch(response)('BOOKMARK', reflectedPod('', '5'));
      times.push(performance.now());
      return sendJson(response, { metadata: { resourceVersion: '100' }, items: [] });
    });
    scene.pods.start({ onRelist, timing: { healthy: 5 } });
    await until('it has listed some times', () => times.length >= 6);
    // Ten milliseconds, doubled up to forty, and half of that by chance.
    expect((times[5] ?? 0) - (times[0] ?? 0)).toBeGreaterThan(60);
    expect(scene.pods.reflector.state).toBe('failing');
    expect(scene.pods.told).toEqual(['WentBack']);
  });
});

describe('what is lost again and again', () => {
  it.each([
    ['malformed lines', (_: Send, response: ServerResponse) => response.write('{"type":}\n')],
    ['expired watches', (send: Send) => send('ERROR', expired)],
  ])('is told once, as are %s, and it is not ready meanwhile', async (_, breakIt) => {
    const relists: RelistReason[] = [];
    scene.pods.server.allow(CALL, (response, { query }) => {
      if (query.has('watch')) return breakIt(openWatch(response), response);
      return sendJson(response, { metadata: { resourceVersion: '10' }, items: [] });
    });
    scene.pods.start({ onRelist: (reason) => relists.push(reason) });
    await until('it has listed some times', () => relists.length >= 6);
    expect(scene.pods.reflector.state).toBe('failing');
    expect(scene.pods.told).toHaveLength(1);
  });

  it('is over when it has gone well for as long as a back-off lasts', async () => {
    for (let count = 0; count < 2; count += 1) {
      scene.pods.expectList('10');
      scene.pods.expectWatch('10', (send) => send('ERROR', expired));
    }
    scene.pods.expectList('10');
    scene.pods.expectWatch('10');
    scene.pods.start({ timing: { backoffReset: 300 } });
    await scene.pods.server.verify();
    const openedAt = performance.now();
    await until('it has recovered', () => scene.pods.told.includes('recovered'));
    expect(performance.now() - openedAt).toBeGreaterThan(200);
    expect(scene.pods.told).toEqual(['Expired', 'recovered']);
  });
});
