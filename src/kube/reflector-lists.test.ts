import type { ServerResponse } from 'node:http';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  CALL,
  expired,
  reflectedPod,
  reflectedPods,
  type Send,
} from '../testing/reflected-pods.ts';
import { sendJson, sendStatus } from '../testing/scripted-api-server.ts';
import { until } from '../testing/until.ts';

const scene = reflectedPods();

/** How many objects a page of each list was to have. */
function limits(): (string | null)[] {
  const lists = scene.pods.server.requests.filter(({ query }) => !query.has('watch'));
  return lists.map(({ query }) => query.get('limit'));
}

describe('listing again', () => {
  const gap = () =>
    scene.pods.expectList(
      '20',
      reflectedPod('b', '4'),
      reflectedPod('c', '18'),
      reflectedPod('d', '19', 'new-uid'),
    );
  const after = ['updated c list', 'deleted d list', 'added d list', 'deleted a list'];

  beforeEach(() =>
    scene.pods.expectList(
      '10',
      reflectedPod('a', '3'),
      reflectedPod('b', '4'),
      reflectedPod('c', '5'),
      reflectedPod('d', '6'),
    ),
  );

  it.each([
    ['an ERROR 410 in the stream', [], (send: Send) => send('ERROR', expired)],
    ['a malformed line', [], (_: Send, response: ServerResponse) => response.write('{"type":}\n')],
    ['an event of no known type', [], (send: Send) => send('NEWS', reflectedPod('a', '11'))],
    [
      'a resourceVersion that is too large after a restore of etcd',
      ['Timeout'],
      (send: Send) =>
        send('ERROR', { code: 504, reason: 'Timeout', message: 'Too large resource version: 10' }),
    ],
  ])(
    'case 6, case 7: finds what was missed, deletions too, after %s',
    async (_, tells, breakIt) => {
      scene.pods.expectWatch('10', breakIt);
      gap();
      scene.pods.expectWatch('20');
      scene.pods.start();
      await scene.pods.server.verify();
      expect(scene.pods.changes.slice(4)).toEqual(after);
      expect(scene.pods.lists()).toBe(2);
      expect(limits(), 'each of them in pages').toEqual(['50', '50']);
      expect(scene.pods.told).toEqual(tells);
    },
  );

  it('case 7: does so once after a 410 on opening the watch', async () => {
    scene.pods.server.expect(CALL, (response) => sendJson(response, expired, { code: 410 }));
    gap();
    scene.pods.expectWatch('20');
    scene.pods.start();
    await scene.pods.server.verify();
    expect(scene.pods.changes.slice(4)).toEqual(after);
    expect(scene.pods.lists()).toBe(2);
  });
});

describe('a list', () => {
  it('comes in time, however long a watch may be', async () => {
    scene.pods.expectList('10');
    scene.pods.expectWatch('10');
    scene.pods.start({ timing: { relist: [20_000, 20_000] } });
    await scene.pods.server.verify();
    expect(Number(scene.pods.server.requests[1]?.query.get('timeoutSeconds'))).toBeLessThanOrEqual(
      20,
    );
  });

  it('case 7: takes everything in one page when a continue token has expired', async () => {
    scene.pods.server.expect(CALL, (response) =>
      sendJson(response, {
        metadata: { resourceVersion: '10', continue: 'token' },
        items: [reflectedPod('a', '1'), reflectedPod('gone', '2')],
      }),
    );
    scene.pods.server.expect(CALL, (response) => sendJson(response, expired, { code: 410 }));
    scene.pods.server.expect(CALL, (response, { query }) => {
      expect(query.has('limit')).toBe(false);
      sendJson(response, {
        metadata: { resourceVersion: '20' },
        items: [reflectedPod('a', '1'), reflectedPod('b', '2')],
      });
    });
    scene.pods.expectWatch('20');
    scene.pods.start();
    await scene.pods.synced();
    await scene.pods.server.verify();
    expect([...scene.pods.store.keys()]).toEqual(['a', 'b']);
  });

  it('case 26: does so as a precaution after a time, without telling what has not changed', async () => {
    scene.pods.expectList('10', reflectedPod('a', '3'));
    scene.pods.expectWatch('10', (_, response) => scene.pods.whenHealthy(() => response.end()));
    scene.pods.expectList('20', reflectedPod('a', '3'), reflectedPod('missed', '15'));
    scene.pods.expectWatch('20');
    const relists: string[] = [];
    const onRelist = (reason: string) => relists.push(reason);
    scene.pods.start({ onRelist, timing: { relist: [5, 10] } });
    await scene.pods.server.verify();
    expect(scene.pods.changes).toEqual(['added a list', 'added missed list']);
    expect(relists).toContain('periodic');
    expect(limits(), 'each of them in pages').toEqual(['50', '50']);
    expect(scene.pods.store.hasObserved('20')).toBe(true);
  });

  it('takes everything in one page where the pages of that precaution have expired', async () => {
    const end = (_: Send, response: ServerResponse) => scene.pods.whenHealthy(() => response.end());
    scene.pods.expectList('10', reflectedPod('a', '3'));
    scene.pods.expectWatch('10', end);
    scene.pods.server.expect(CALL, (response) =>
      sendJson(response, {
        metadata: { resourceVersion: '20', continue: 'token' },
        items: [reflectedPod('a', '3')],
      }),
    );
    scene.pods.server.expect(CALL, (response) => sendJson(response, expired, { code: 410 }));
    scene.pods.expectWatch('10', end);
    scene.pods.server.expect(CALL, (response, { query }) => {
      expect(query.has('limit')).toBe(false);
      sendJson(response, { metadata: { resourceVersion: '20' }, items: [reflectedPod('b', '15')] });
    });
    scene.pods.expectWatch('20');
    scene.pods.start({ timing: { relist: [5, 10], backoffMaximum: 1 } });
    await scene.pods.server.verify();
    expect([...scene.pods.store.keys()]).toEqual(['b']);
  });

  it('goes on in pages after a precaution that failed for another reason', async () => {
    const end = (_: Send, response: ServerResponse) => scene.pods.whenHealthy(() => response.end());
    scene.pods.expectList('10');
    scene.pods.expectWatch('10', end);
    scene.pods.server.expect(CALL, (response) =>
      sendStatus(response, 500, { reason: 'InternalError', message: '' }),
    );
    scene.pods.expectWatch('10', end);
    scene.pods.expectList('20');
    scene.pods.expectWatch('20');
    scene.pods.start({ timing: { relist: [5, 10], backoffMaximum: 1 } });
    await scene.pods.server.verify();
    expect(limits()).toEqual(['50', '50', '50']);
  });

  it('goes on watching when that precaution fails, and takes nothing older from the watch', async () => {
    scene.pods.expectList('10', reflectedPod('a', '3'));
    scene.pods.expectWatch('10', (_, response) => scene.pods.whenHealthy(() => response.end()));
    scene.pods.server.expect(CALL, (response) =>
      sendJson(response, {
        metadata: { resourceVersion: '20', continue: 'token' },
        items: [reflectedPod('a', '15')],
      }),
    );
    scene.pods.server.expect(CALL, (response) =>
      sendStatus(response, 500, { reason: 'InternalError', message: '' }),
    );
    scene.pods.expectWatch('10', (send) => {
      send('MODIFIED', reflectedPod('a', '12'));
      send('MODIFIED', reflectedPod('b', '13'));
    });
    scene.pods.start({ timing: { relist: [5, 10], backoffMaximum: 60_000 } });
    await until('the later event is there', () => scene.pods.store.get('b') === 'b 13');
    expect(scene.pods.store.get('a')).toBe('a 15');
    expect(scene.pods.told).toEqual([]);
  });
});
