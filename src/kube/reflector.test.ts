import { getEventListeners } from 'node:events';
import type { ServerResponse } from 'node:http';
import { describe, expect, it } from 'vitest';
import { CALL, reflectedPod, reflectedPods } from '../testing/reflected-pods.ts';
import { openWatch, sendJson } from '../testing/scripted-api-server.ts';
import { until } from '../testing/until.ts';
import type { KubernetesObject } from './resource.ts';

const scene = reflectedPods();

describe('list and watch', () => {
  it('fills the store, then follows the events', async () => {
    scene.pods.expectList('10', reflectedPod('a', '3'), reflectedPod('b', '4'));
    const watching = scene.pods.expectWatch('10');
    scene.pods.start();
    await scene.pods.synced();
    expect(scene.pods.changes).toEqual(['added a list', 'added b list']);
    const { send } = await watching;
    send('MODIFIED', reflectedPod('a', '11'));
    send('DELETED', reflectedPod('b', '12'));
    send('ADDED', reflectedPod('c', '13'));
    await until('the events are there', () => scene.pods.changes.length === 5);
    expect(scene.pods.changes.slice(2)).toEqual([
      'updated a watch',
      'deleted b watch',
      'added c watch',
    ]);
    expect(scene.pods.store.list()).toEqual(['a 11', 'c 13']);
    expect(scene.pods.store.hasObserved('13')).toBe(true);
    await until('it is healthy', () => scene.pods.reflector.state === 'watching');
    expect(scene.pods.told).toEqual([]);
  });

  it('asks for bookmarks and for five to ten minutes', async () => {
    scene.pods.expectList('10');
    const watching = scene.pods.expectWatch('10');
    scene.pods.start();
    await watching;
    const query = scene.pods.server.requests[1]?.query;
    expect(query?.get('allowWatchBookmarks')).toBe('true');
    expect(Number(query?.get('timeoutSeconds'))).toBeGreaterThanOrEqual(300);
    expect(Number(query?.get('timeoutSeconds'))).toBeLessThanOrEqual(600);
  });

  it('reads all pages before it says that it is in sync', async () => {
    const page = (name: string, token?: string) => ({
      metadata: { resourceVersion: '10', continue: token },
      items: [reflectedPod(name, '1')],
    });
    const second = Promise.withResolvers<ServerResponse>();
    scene.pods.server.expect(CALL, (response) => sendJson(response, page('a', 'token')));
    scene.pods.server.expect(CALL, (response) => second.resolve(response));
    scene.pods.expectWatch('10');
    scene.pods.start();
    const response = await second.promise;
    expect(scene.pods.reflector.hasSynced()).toBe(false);
    sendJson(response, page('b'));
    await scene.pods.synced();
    expect(scene.pods.store.list()).toHaveLength(2);
  });

  it('selects by namespace and label', async () => {
    const namespaced = 'GET /api/v1/namespaces/ns/pods';
    scene.pods.server.expect(namespaced, (response) =>
      sendJson(response, { metadata: { resourceVersion: '1' } }),
    );
    scene.pods.server.expect(namespaced, (response) => openWatch(response));
    scene.pods.start({ selection: { namespace: 'ns', labelSelector: 'a=b' } });
    await scene.pods.server.verify();
    for (const { query } of scene.pods.server.requests)
      expect(query.get('labelSelector')).toBe('a=b');
  });

  it('keeps nothing of an object that the projection drops', async () => {
    scene.pods.expectList('10', reflectedPod('a', '3'), reflectedPod('hidden', '4'));
    const watching = scene.pods.expectWatch('10');
    scene.pods.start({
      project: ({ metadata }) => (metadata.uid === 'hidden' ? undefined : metadata.name),
    });
    const { send } = await watching;
    expect(scene.pods.store.list()).toEqual(['a']);
    send('MODIFIED', reflectedPod('a', '11', 'hidden'));
    await until('it is gone', () => scene.pods.store.list().length === 0);
  });

  it('goes on when the projection throws, and leaves the object as it was', async () => {
    scene.pods.expectList('10', reflectedPod('a', '3'), reflectedPod('b', '3'));
    const watching = scene.pods.expectWatch('10');
    scene.pods.start({
      project: ({ metadata }) => {
        if (metadata.resourceVersion === '11') throw new Error('mistake');
        return `${metadata.name} ${metadata.resourceVersion}`;
      },
    });
    const { send } = await watching;
    send('MODIFIED', reflectedPod('a', '11'));
    send('MODIFIED', reflectedPod('b', '12'));
    await until('the event after it is there', () => scene.pods.store.get('b') === 'b 12');
    expect(scene.pods.store.get('a')).toBe('a 3');
    expect(scene.pods.told).toEqual(['a: mistake']);
  });

  it('does not take what it knew of an object for one that came in its place', async () => {
    scene.pods.expectList('10', reflectedPod('a', '3'), reflectedPod('b', '3'));
    const watching = scene.pods.expectWatch('10');
    scene.pods.start({
      project: ({ metadata }) => {
        if (metadata.uid === 'another') throw new Error('mistake');
        return `${metadata.name} ${metadata.resourceVersion}`;
      },
    });
    const { send } = await watching;
    send('MODIFIED', reflectedPod('a', '11', 'another'));
    send('MODIFIED', reflectedPod('b', '12'));
    await until('the event after it is there', () => scene.pods.store.get('b') === 'b 12');
    expect(scene.pods.store.get('a')).toBeUndefined();
  });

  it('keeps what is of use of an object, and tells what is not', async () => {
    scene.pods.expectList('10', reflectedPod('a', '3'));
    scene.pods.expectWatch('10');
    scene.pods.start({
      project: ({ metadata }, onMalformed) => {
        onMalformed('spec.x');
        onMalformed('spec.y');
        return metadata.name;
      },
    });
    await scene.pods.synced();
    expect(scene.pods.store.get('a')).toBe('a');
    expect(scene.pods.told).toEqual(['a: spec.x, spec.y']);
  });

  it('passes over what nobody can name, in a list and in a watch', async () => {
    const nobody = [null, 7, {}, { metadata: null }, { metadata: { name: 7 } }];
    scene.pods.expectList(
      '10',
      ...(nobody as unknown as KubernetesObject[]),
      reflectedPod('b', '3'),
    );
    const watching = scene.pods.expectWatch('10');
    scene.pods.start();
    const { send } = await watching;
    send('ADDED', { metadata: { name: {}, resourceVersion: '11' } } as unknown as KubernetesObject);
    send('MODIFIED', reflectedPod('b', '12'));
    await until('the event after it is there', () => scene.pods.store.get('b') === 'b 12');
    expect([...scene.pods.store.keys()]).toEqual(['b']);
    expect(scene.pods.told).toEqual([
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
    scene.pods.server.expect(CALL, (response) => listing.resolve(response));
    scene.pods.start();
    const closed = Promise.withResolvers<void>();
    (await listing.promise).on('close', () => closed.resolve());
    scene.pods.stop.abort();
    await scene.pods.ended;
    await closed.promise;
  });
});

describe('what a reflector leaves behind', () => {
  it('is one listener on its signal, however many watches there have been', async () => {
    scene.pods.expectList('10');
    scene.pods.expectWatch('10', (_, response) => scene.pods.whenHealthy(() => response.end()));
    const second = scene.pods.expectWatch('10');
    scene.pods.start();
    await second;
    expect(getEventListeners(scene.pods.stop.signal, 'abort')).toHaveLength(1);
  });
});

describe('events that are not new', () => {
  it('case 27: ignores duplicates and older ones, also of objects that are gone', async () => {
    scene.pods.expectList('10', reflectedPod('a', '9'));
    const watching = scene.pods.expectWatch('10');
    scene.pods.start();
    const { send } = await watching;
    send('MODIFIED', reflectedPod('a', '10'));
    send('DELETED', reflectedPod('a', '12'));
    send('MODIFIED', reflectedPod('a', '11'));
    send('ADDED', reflectedPod('a', '12'));
    send('BOOKMARK', reflectedPod('', '20'));
    send('ADDED', reflectedPod('b', '15'));
    send('ADDED', reflectedPod('c', '21'));
    await until('the last event is there', () => scene.pods.store.get('c') === 'c 21');
    expect(scene.pods.changes).toEqual(['added a list', 'deleted a watch', 'added c watch']);
  });

  it('compares resourceVersions as integers', async () => {
    scene.pods.expectList('9', reflectedPod('a', '9'));
    const watching = scene.pods.expectWatch('9');
    scene.pods.start();
    const { send } = await watching;
    send('MODIFIED', reflectedPod('a', '10'));
    await until('the event is there', () => scene.pods.store.get('a') === 'a 10');
  });
});
