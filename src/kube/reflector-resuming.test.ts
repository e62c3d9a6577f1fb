import { describe, expect, it, vi } from 'vitest';
import { reflectedPod, reflectedPods } from '../testing/reflected-pods.ts';
import { until } from '../testing/until.ts';

const scene = reflectedPods();

describe('resuming', () => {
  it('case 4: resumes a watch that the server ends from the last event or bookmark, without a list', async () => {
    scene.pods.expectList('10');
    scene.pods.expectWatch('10', (send, response) => {
      send('ADDED', reflectedPod('a', '11'));
      response.end();
    });
    scene.pods.expectWatch('11', (send, response) => {
      send('BOOKMARK', reflectedPod('', '15'));
      response.end();
    });
    scene.pods.expectWatch('15');
    scene.pods.start();
    await scene.pods.server.verify();
    expect(scene.pods.lists()).toBe(1);
    expect(scene.pods.changes).toEqual(['added a watch']);
    expect(scene.pods.told).toEqual([]);
  });

  it('case 5: resumes after a connection that breaks inside a line, and loses no event', async () => {
    scene.pods.expectList('10');
    scene.pods.expectWatch('10', (send, response) => {
      send('ADDED', reflectedPod('a', '11'));
      response.write('{"type":"ADDED","object":{"metad', () => response.destroy());
    });
    scene.pods.expectLook('11');
    scene.pods.expectWatch('11', (send) => send('ADDED', reflectedPod('b', '12')));
    scene.pods.start();
    await until('both are there', () => scene.pods.store.list().length === 2);
    expect(scene.pods.lists()).toBe(1);
  });

  it('resumes after a line that ends with the stream', async () => {
    scene.pods.expectList('10');
    scene.pods.expectWatch('10', (_, response) => response.end('{"type":"ADDED","object":{"metad'));
    scene.pods.expectWatch('10', (send) => send('ADDED', reflectedPod('a', '11')));
    scene.pods.start();
    await until('the event is there', () => scene.pods.store.list().length === 1);
    expect(scene.pods.lists()).toBe(1);
  });

  it('case 3, case 13: drops a watch that is silent for 90 s, bookmarks included, and resumes', async () => {
    scene.pods.expectList('10');
    const first = scene.pods.expectWatch('10');
    scene.pods.expectLook('13');
    const second = scene.pods.expectWatch('13');
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    try {
      scene.pods.start();
      const { send } = await first;
      send('BOOKMARK', reflectedPod('', '11'));
      await until('the watch is open', () => scene.pods.store.hasObserved('11'));
      vi.advanceTimersByTime(89_000);
      send('BOOKMARK', reflectedPod('', '12'));
      await until('the bookmark has come', () => scene.pods.store.hasObserved('12'));
      vi.advanceTimersByTime(89_000);
      send('ADDED', reflectedPod('a', '13'));
      await until(
        'the event has come by the same watch',
        () => scene.pods.store.list().length === 1,
      );
      vi.advanceTimersByTime(90_000);
      await second;
      expect(scene.pods.told).toEqual([]);
    } finally {
      vi.useRealTimers();
    }
  });

  it('case 8: resumes after an ERROR event that is no expiry, and is not troubled by the first', async () => {
    const error = { code: 500, reason: 'InternalError', message: 'm' };
    scene.pods.expectList('10');
    scene.pods.expectWatch('10', (send) => scene.pods.whenHealthy(() => send('ERROR', error)));
    scene.pods.expectLook('10');
    scene.pods.expectWatch('10', (send) => send('ADDED', reflectedPod('a', '11')));
    scene.pods.start();
    await until('the event is there', () => scene.pods.store.list().length === 1);
    expect(scene.pods.lists()).toBe(1);
    expect(scene.pods.told).toEqual([]);
  });
});
