import { afterEach, describe, expect, test } from 'vitest';
import { KubeClient } from '../../kube/client.ts';
import { PeerCluster, type PeerClusterScript } from '../../testing/peer-cluster.ts';
import { sendStatus } from '../../testing/scripted-api-server.ts';
import { Words } from '../words.ts';
import { type Throwaway, type ThrowawayOptions, withThrowaway } from './throwaway.ts';

let cluster: PeerCluster;
let client: KubeClient;
afterEach(async () => {
  await client.close();
  await cluster.close();
});

const never = new AbortController().signal;
const FIRST = { name: 'first', args: ['--listen', '80'], labels: {} };

async function start(script: PeerClusterScript = {}): Promise<void> {
  cluster = await PeerCluster.start(script);
  client = new KubeClient({ kubeConfig: cluster.server.kubeConfig() });
}

/** Makes a place, does something there, and keeps what is said. */
async function used(
  use: (throwaway: Throwaway) => Promise<unknown>,
  given: Partial<ThrowawayOptions> = {},
  signal = never,
) {
  let said = '';
  const stderr = (text: string) => {
    said += text;
  };
  const options = {
    client,
    purpose: 'test',
    image: 'portlock:1',
    namespace: undefined,
    lifetime: 60,
    words: new Words({ isQuiet: false }, { stderr }),
    ...given,
  };
  const failure = await withThrowaway(options, signal, use).then(
    () => undefined,
    (error: Error) => error.message,
  );
  return { said, failure };
}

const bodies = (call: string) =>
  cluster.server.requests
    .filter(({ method, path }) => `${method} ${path}`.replaceAll(/-[0-9a-f]{8}/g, '') === call)
    .map(({ body }) => JSON.parse(body));

describe('a place is taken away', () => {
  const IN_OWN = 'DELETE /api/v1/namespaces/test';
  const IN_GIVEN = 'DELETE /apis/batch/v1/namespaces/shop/jobs/test';

  test.each([
    [undefined, IN_OWN],
    ['shop', IN_GIVEN],
  ])('in namespace %s after use, and after trouble', async (namespace, call) => {
    await start();
    await used(async () => {}, { namespace });
    const trouble = async () => Promise.reject(new Error('trouble'));
    const { failure, said } = await used(trouble, { namespace });
    expect([failure, said]).toEqual(['trouble', '']);
    expect(cluster.writes.filter((each) => each.startsWith('DELETE'))).toEqual([call, call]);
  });

  test('with all that it owns', async () => {
    await start();
    await used(async () => {}, { namespace: 'shop' });
    expect(bodies(IN_GIVEN)).toEqual([
      expect.objectContaining({ propagationPolicy: 'Background' }),
    ]);
  });

  test('though the signal that ended it is aborted', async () => {
    await start();
    const abort = new AbortController();
    const { failure } = await used(
      async () => {
        abort.abort(new Error('ended by a signal'));
        abort.signal.throwIfAborted();
      },
      {},
      abort.signal,
    );
    expect(failure).toBe('ended by a signal');
    expect(cluster.writes.at(-1)).toBe(IN_OWN);
  });

  test('where only a part of it could be made, too', async () => {
    await start({ forbidden: ['POST /apis/batch'] });
    const { failure, said } = await used(async () => {});
    expect(failure).toContain('not allowed to create jobs in the namespace "test-');
    expect(cluster.writes.at(-1)).toBe(IN_OWN);
    expect(said).toBe('');
  });

  test('but nothing is told of what could not be made, where that may not be deleted', async () => {
    await start({ forbidden: ['POST /api/v1/namespaces', 'DELETE '] });
    const { failure, said } = await used(async () => {});
    expect(failure).toContain('not allowed to create namespaces');
    expect(said).toBe('');
  });

  test.each([
    [undefined, /^Could not delete the namespace test-\w+, which ends by itself: .*forbidden/],
    ['shop', /^Could not delete the Job shop\/test-\w+, which ends by itself: .*forbidden/],
  ])('or that is told, in namespace %s', async (namespace, said) => {
    await start({ forbidden: ['DELETE '] });
    expect(await used(async () => {}, { namespace })).toEqual({
      failure: undefined,
      said: expect.stringMatching(said),
    });
  });

  test('by whoever was faster', async () => {
    await start();
    cluster.server.otherwise((response, request) => {
      const isDelete = request.method === 'DELETE';
      if (isDelete) cluster.objects.notServed.add('namespaces');
      return cluster.objects.answer(response, request);
    });
    expect(await used(async () => {})).toEqual({ failure: undefined, said: '' });
  });
});

describe('names', () => {
  test('are other ones each time', async () => {
    await start();
    const names = new Set<string>();
    for (let round = 0; round < 3; round += 1)
      await used(async ({ place }) => names.add(place.name));
    expect(names.size).toBe(3);
    for (const name of names) expect(name).toMatch(/^test-[0-9a-f]{8}$/);
  });

  test('of the place are those of its namespace, where it has one of its own', async () => {
    await start();
    await used(async ({ place, namespaceLabels }) => {
      expect(place).toMatchObject({ namespace: place.name, namespaceEnds: true });
      expect(namespaceLabels).toMatchObject({
        'kubernetes.io/metadata.name': place.name,
        'portlock.dev/throwaway': place.name,
      });
    });
    await used(
      async ({ place }) => expect(place).toMatchObject({ namespace: 'shop', namespaceEnds: false }),
      { namespace: 'shop' },
    );
  });
});

describe('the first pod', () => {
  const NAMESPACED = 'POST /api/v1/namespaces/test/pods';

  test('sees to it that the namespace ends, and no other one does', async () => {
    await start();
    await used(async (throwaway) => {
      await throwaway.start(FIRST, never);
      await throwaway.start({ ...FIRST, name: 'second' }, never);
    });
    const pods = bodies(NAMESPACED).map(({ spec }) => spec);
    expect(pods.map(({ containers }) => containers[0].args.slice(0, -1))).toEqual([
      ['peer', '--listen', '80', '--delete-namespace'],
      ['peer', '--listen'],
    ]);
    expect(pods.map((spec) => spec.automountServiceAccountToken)).toEqual([true, false]);
  });

  test.each<[what: string, script: PeerClusterScript, namespace: string | undefined]>([
    ['a namespace that stays', {}, 'shop'],
    ['nobody may give the rights', { forbidden: ['POST /apis/rbac'] }, undefined],
  ])('does not where there is %s', async (_what, script, namespace) => {
    await start(script);
    await used((throwaway) => throwaway.start(FIRST, never), { namespace });
    const [{ spec }] = bodies(`POST /api/v1/namespaces/${namespace ?? 'test'}/pods`);
    expect(spec.containers[0].args).toEqual(['peer', '--listen', '80']);
    expect(spec).not.toHaveProperty('serviceAccountName');
  });

  test('belongs to the Job that was made', async () => {
    await start();
    await used((throwaway) => throwaway.start(FIRST, never), { namespace: 'shop' });
    const [pod] = bodies('POST /api/v1/namespaces/shop/pods');
    const [reference] = pod.metadata.ownerReferences;
    expect(reference.uid).toMatch(/^uid-of-\/apis\/batch\/v1\/namespaces\/shop\/jobs\/test-/);
  });
});

describe('what deletes the namespace', () => {
  const RIGHTS = /serviceaccounts|roles|rolebindings/;

  test('gets its rights before there is a pod', async () => {
    await start();
    await used(async () => {});
    expect(cluster.writes.flatMap((each) => RIGHTS.exec(each) ?? [])).toEqual([
      'serviceaccounts',
      'roles',
      'rolebindings',
    ]);
  });

  test.each(['serviceaccounts', 'roles', 'rolebindings'])(
    'is done without where %s may not be made, and that is said',
    async (plural) => {
      await start();
      cluster.server.otherwise((response, request) =>
        request.path.endsWith(`/${plural}`)
          ? sendStatus(response, 403, { reason: 'Forbidden', message: 'no' })
          : cluster.objects.answer(response, request),
      );
      const { failure, said } = await used(async () => {});
      expect(failure).toBeUndefined();
      expect(said).toMatch(
        /^Should this be killed, the empty namespace test-\w+ stays until the next time: not allowed to create /,
      );
      expect(said).toContain(plural);
    },
  );

  test('is not done without where all of it is to end', async () => {
    await start();
    const abort = new AbortController();
    cluster.server.otherwise((response, request) => {
      if (request.path.endsWith('/roles')) abort.abort(new Error('ended by a signal'));
      return cluster.objects.answer(response, request);
    });
    let isUsed = false;
    const use = async () => {
      isUsed = true;
    };
    expect(await used(use, {}, abort.signal)).toEqual({ failure: 'ended by a signal', said: '' });
    expect(isUsed).toBe(false);
    expect(cluster.writes.at(-1)).toBe('DELETE /api/v1/namespaces/test');
  });
});

describe('namespaces whose maker was killed', () => {
  const forgotten = (name: string, fields: object = {}) =>
    cluster.objects.put(`/api/v1/namespaces/${name}`, {
      metadata: {
        name,
        labels: { 'portlock.dev/throwaway': name },
        annotations: { 'portlock.dev/ends-at': '2020-01-01T00:00:00Z' },
        ...fields,
      },
    });
  const deleted = () => cluster.writes.filter((each) => /^DELETE .*\/left/.test(each));

  test('go before another one is made', async () => {
    await start();
    forgotten('left');
    await used(async () => {});
    expect(cluster.writes[0]).toBe('DELETE /api/v1/namespaces/left');
  });

  test.each<[what: string, fields: object]>([
    ['that is not of this program', { labels: {} }],
    ['that is not over', { annotations: { 'portlock.dev/ends-at': '2999-01-01T00:00:00Z' } }],
    ['that does not say when', { annotations: {} }],
    ['that says nothing of it', { annotations: undefined }],
    ['that says what is no time', { annotations: { 'portlock.dev/ends-at': 'soon' } }],
    ['that is going', { deletionTimestamp: '2026-01-01T00:00:00Z' }],
  ])('stay: one %s', async (_what, fields) => {
    await start();
    forgotten('left', fields);
    await used(async () => {});
    expect(deleted()).toEqual([]);
  });

  test('are no concern of who works in a namespace that is there', async () => {
    await start();
    forgotten('left');
    await used(async () => {}, { namespace: 'shop' });
    expect(deleted()).toEqual([]);
  });

  test.each(['GET /api/v1/namespaces', 'DELETE /api/v1/namespaces/left'])(
    'stop nobody who may not: %s',
    async (call) => {
      await start({ forbidden: [call] });
      forgotten('left');
      expect((await used(async () => {})).failure).toBeUndefined();
    },
  );
});
