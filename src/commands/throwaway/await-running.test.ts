import { describe, expect, test } from 'vitest';
import type { KubernetesObject } from '../../kube/resource.ts';
import { openWatch, sendJson, sendStatus } from '../../testing/scripted-api-server.ts';
import { scriptedClient } from '../../testing/scripted-client.ts';
import { awaitRunning } from './await-running.ts';

const scripted = scriptedClient();
const never = new AbortController().signal;
const PODS = '/api/v1/namespaces/shop/pods';

const pod = (status: object, fields: object = {}): KubernetesObject =>
  ({
    metadata: { namespace: 'shop', name: 'a', uid: 'uid-a', resourceVersion: '7', ...fields },
    spec: { nodeName: 'node-1' },
    status,
  }) as KubernetesObject;
const RUNNING = pod({ phase: 'Running', podIPs: [{ ip: '10.0.0.1' }, { ip: 'fd00::1' }] });
const PENDING = pod({ phase: 'Pending' });
const waiting = (reason: string, message = 'why') =>
  pod({ phase: 'Pending', containerStatuses: [{}, { state: { waiting: { reason, message } } }] });

/** What comes of a pod to which this happens after it was created. */
function awaited(created: KubernetesObject, ...events: [type: string, object: object][]) {
  scripted.server.allow(`GET ${PODS}`, (response) => {
    const send = openWatch(response);
    for (const [type, object] of events) send(type, object);
    response.end();
  });
  return awaitRunning(scripted.client, created, never);
}

describe('a pod runs', () => {
  const found = { name: 'a', node: 'node-1', ips: ['10.0.0.1', 'fd00::1'], labels: {} };

  test('already as it is created, and nothing more is asked', async () => {
    await expect(awaited(RUNNING)).resolves.toEqual(found);
    expect(scripted.server.requests).toEqual([]);
  });

  test('once a watch of it alone, from where it was created, says so', async () => {
    await expect(awaited(PENDING, ['MODIFIED', RUNNING])).resolves.toEqual(found);
    const [{ query } = { query: new URLSearchParams() }] = scripted.server.requests;
    expect(Object.fromEntries(query)).toMatchObject({
      watch: 'true',
      fieldSelector: 'metadata.name=a',
      resourceVersion: '7',
      timeoutSeconds: '60',
    });
  });

  test('or has done so and ended well', async () => {
    const ended = pod({ phase: 'Succeeded', podIPs: [{ ip: '10.0.0.1' }] });
    await expect(awaited(ended)).resolves.toMatchObject({ ips: ['10.0.0.1'] });
  });

  test('but not before it has an address', async () => {
    const early = pod({ phase: 'Running' });
    await expect(awaited(early, ['MODIFIED', early], ['MODIFIED', RUNNING])).resolves.toEqual(
      found,
    );
  });

  test('whatever becomes of others, and whatever bookmarks say', async () => {
    const other = pod({ phase: 'Failed' }, { name: 'b' });
    const events: [string, object][] = [
      ['DELETED', other],
      ['BOOKMARK', { metadata: { name: 'a', resourceVersion: '8' } }],
      ['MODIFIED', RUNNING],
    ];
    await expect(awaited(PENDING, ...events)).resolves.toEqual(found);
  });

  test('is asked for again where a watch ends before', async () => {
    scripted.server.allow(`GET ${PODS}/a`, (response) => sendJson(response, RUNNING));
    await expect(awaited(PENDING)).resolves.toEqual(found);
    expect(scripted.server.requests.map(({ path }) => path)).toEqual([PODS, `${PODS}/a`]);
  });

  test('while it waits for something that comes by itself', async () => {
    const creating = waiting('ContainerCreating');
    await expect(awaited(creating, ['MODIFIED', creating], ['MODIFIED', RUNNING])).resolves.toEqual(
      found,
    );
  });
});

describe('a pod will not run', () => {
  test.each([
    'ErrImagePull',
    'ImagePullBackOff',
    'InvalidImageName',
    'ErrImageNeverPull',
    'CreateContainerConfigError',
    'CreateContainerError',
    'RunContainerError',
    'CrashLoopBackOff',
  ])('where a container waits because of %s', async (reason) => {
    await expect(awaited(PENDING, ['MODIFIED', waiting(reason)])).rejects.toThrow(
      `the pod shop/a cannot start: ${reason}: why`,
    );
  });

  test.each<[status: object, why: string]>([
    [{ message: 'Pod was evicted', reason: 'Evicted' }, 'Pod was evicted'],
    [{ reason: 'DeadlineExceeded' }, 'DeadlineExceeded'],
    [{}, 'its log says why'],
  ])('where it has failed: %j', async (status, why) => {
    await expect(awaited(pod({ phase: 'Failed', ...status }))).rejects.toThrow(
      `the pod shop/a has failed: ${why}`,
    );
  });

  test('where somebody deletes it', async () => {
    await expect(awaited(PENDING, ['DELETED', PENDING])).rejects.toThrow(
      'the pod shop/a was deleted',
    );
  });

  test('as far as anybody may tell, where it may not be watched', async () => {
    scripted.server.allow(`GET ${PODS}`, (response) =>
      sendStatus(response, 403, { reason: 'Forbidden', message: 'no' }),
    );
    await expect(awaitRunning(scripted.client, PENDING, never)).rejects.toThrow(
      'not allowed to watch pods in the namespace "shop"',
    );
  });

  test('and nobody waits for it once that is not wanted any more', async () => {
    const abort = new AbortController();
    scripted.server.allow(`GET ${PODS}`, (response) => {
      openWatch(response);
      abort.abort(new Error('ended by a signal'));
    });
    await expect(awaitRunning(scripted.client, PENDING, abort.signal)).rejects.toThrow(
      'ended by a signal',
    );
  });
});
