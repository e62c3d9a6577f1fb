import { describe, expect, test, vi } from 'vitest';
import { sendJson, sendStatus } from '../../testing/scripted-api-server.ts';
import { scriptedCluster } from '../../testing/scripted-cluster.ts';
import { Words } from '../words.ts';
import { findPlaces } from './find-places.ts';
import { parseTarget } from './target.ts';

const cluster = scriptedCluster();
const never = new AbortController().signal;
const pod = (name: string, ip: string) => ({
  metadata: { namespace: 'default', name, uid: `uid-${name}` },
  spec: { containers: [{ name: 'app' }] },
  status: { phase: 'Running', podIPs: [{ ip }] },
});
const lists = (...items: object[]) =>
  cluster.server.allow('GET /api/v1/pods', (response) =>
    sendJson(response, { metadata: { resourceVersion: '1' }, items }),
  );
const forbids = () =>
  cluster.server.otherwise((response) =>
    sendStatus(response, 403, { reason: 'Forbidden', message: 'no' }),
  );

/** What is found for a target, and what is said meanwhile. */
async function found(target: string, given: object = {}) {
  const words = new Words({ isQuiet: true }, { stderr: () => {} });
  const flags = { kubeconfig: undefined, context: undefined, as: undefined, namespace: undefined };
  const places = await findPlaces(
    parseTarget(target),
    { ...flags, inside: false, ...given },
    words,
    never,
  );
  await places.known?.cluster.client.close();
  const at = places.places.map(({ address, found: holder }) => [address, holder?.pod.name]);
  return { at, warnings: words.warnings, isKnown: places.known !== undefined };
}

describe('an address', () => {
  test('is probed with what the cluster knows of it', async () => {
    lists(pod('web', '10.0.0.7'), pod('db', '10.0.0.8'));
    expect(await found('10.0.0.7')).toEqual({
      at: [['10.0.0.7', 'web']],
      warnings: [],
      isKnown: true,
    });
  });

  test('that no pod holds is probed all the same, and that is said', async () => {
    lists(pod('db', '10.0.0.8'));
    expect(await found('10.0.0.7')).toEqual({
      at: [['10.0.0.7', undefined]],
      warnings: ['no pod that may be listed has the address 10.0.0.7'],
      isKnown: true,
    });
  });

  test.each<[what: string, prepare: () => unknown, why: RegExp]>([
    [
      'that may not be asked',
      forbids,
      /^nothing is known of pods and what they declare: not allowed/,
    ],
    [
      'that nobody knows',
      () => vi.stubEnv('KUBECONFIG', '/none/config'),
      /^nothing is known of pods and what they declare: /,
    ],
  ])('does without a cluster %s', async (_what, prepare, why) => {
    prepare();
    expect(await found('10.0.0.7')).toEqual({
      at: [['10.0.0.7', undefined]],
      warnings: [expect.stringMatching(why)],
      isKnown: false,
    });
  });

  test.each<[what: string, given: () => object]>([
    ['looked into', () => ({ inside: true })],
    ['of a cluster that is named', () => ({ kubeconfig: cluster.kubeconfig })],
    ['of a context that is named', () => ({ context: 'scripted' })],
  ])('does not where it is one %s', async (_what, given) => {
    forbids();
    await expect(found('10.0.0.7', given())).rejects.toThrow('not allowed to list pods');
  });
});

describe('a range', () => {
  test('is the pods in it, and no other address', async () => {
    lists(pod('web', '10.0.0.1'), pod('other', '10.9.0.1'));
    expect((await found('10.0.0.0/30')).at).toEqual([['10.0.0.1', 'web']]);
  });

  test('without a pod is refused', async () => {
    lists(pod('other', '10.9.0.1'));
    await expect(found('10.0.0.0/30')).rejects.toThrow(
      'no pod that may be listed has an address in 10.0.0.0/30',
    );
  });

  test('is each of its addresses where no cluster is known', async () => {
    forbids();
    expect((await found('10.0.0.0/31')).at).toEqual([
      ['10.0.0.0', undefined],
      ['10.0.0.1', undefined],
    ]);
  });
});

describe('a pod or a workload', () => {
  const POD = 'GET /api/v1/namespaces/default/pods/web';

  test('is looked for in the namespace that is meant', async () => {
    cluster.server.allow(POD, (response) => sendJson(response, pod('web', '10.0.0.7')));
    expect(await found('web')).toEqual({ at: [['10.0.0.7', 'web']], warnings: [], isKnown: true });
    await expect(found('web', { namespace: 'shop' })).rejects.toThrow();
    expect(cluster.server.requests.at(-1)?.path).toContain('/namespaces/shop/');
  });

  test.each(['web', 'deployment/web'])('needs a cluster: %s', async (target) => {
    vi.stubEnv('KUBECONFIG', '/none/config');
    await expect(found(target)).rejects.toThrow(/\/none\/config/);
  });

  test('of a kind is asked for as one of it', async () => {
    cluster.server.otherwise((response) =>
      sendStatus(response, 404, { reason: 'NotFound', message: 'no' }),
    );
    await expect(found('deployment/web')).rejects.toThrow(/deployment.*web/i);
    expect(cluster.server.requests[0]?.path).toBe(
      '/apis/apps/v1/namespaces/default/deployments/web',
    );
  });
});
