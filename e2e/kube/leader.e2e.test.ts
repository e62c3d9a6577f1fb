import { afterAll, beforeAll, expect, it } from 'vitest';
import { NotLeaderError } from '../../src/kube/errors.ts';
import { LeaderElector } from '../../src/kube/leader.ts';
import { LEASES, type Lease } from '../../src/kube/lease.ts';
import { until } from '../../src/testing/until.ts';
import { createTestNamespace, type TestNamespace } from './test-namespace.ts';

/** The times of Kubernetes, five times shorter. */
const timing = { leaseDuration: 3, renewDeadline: 2, retryPeriod: 0.4 };

let test: TestNamespace;

beforeAll(async () => {
  test = await createTestNamespace();
});

afterAll(async () => {
  await test.remove();
});

interface Candidate {
  elector: LeaderElector;
  /** Ends it in an orderly way. */
  stop: () => Promise<void>;
  lost: () => boolean;
}

function candidate(name: string): Candidate {
  const { client, namespace } = test;
  const elector = new LeaderElector({ client, namespace, name, timing });
  const abort = new AbortController();
  let lost = false;
  const ended = elector.run({
    signal: abort.signal,
    onStartedLeading: () => {},
    onStoppedLeading: () => {
      lost = true;
    },
  });
  const stop = async (): Promise<void> => {
    abort.abort();
    await ended;
  };
  return { elector, stop, lost: () => lost };
}

async function read(name: string): Promise<Lease> {
  return await test.client.get<Lease>(LEASES, { namespace: test.namespace, name });
}

it('elects one of three that start at once, and another as soon as it leaves', async () => {
  const candidates = [candidate('l'), candidate('l'), candidate('l')];
  const leaders = () => candidates.filter(({ elector }) => elector.isLeading());
  await until('one leads', () => leaders().length > 0);
  const { metadata } = await read('l');
  await until(
    'it has renewed, and the others have tried',
    async () => (await read('l')).metadata.resourceVersion !== metadata.resourceVersion,
  );
  expect(leaders()).toHaveLength(1);
  const [first] = leaders();
  for (const { elector } of candidates) {
    if (elector !== first?.elector) expect(() => elector.assertLeading()).toThrow(NotLeaderError);
  }
  const held = await read('l');
  expect(held.spec).toMatchObject({
    holderIdentity: first?.elector.identity,
    leaseDurationSeconds: 3,
    leaseTransitions: 0,
    renewTime: expect.stringMatching(/\.\d{6}Z$/),
  });

  await first?.stop();
  const leftAt = performance.now();
  expect(first?.lost()).toBe(false);
  await until('another leads', () => leaders().length > 0);
  // It was given back: nobody has to wait for it to expire.
  expect(performance.now() - leftAt).toBeLessThan(timing.leaseDuration * 1000);
  expect((await read('l')).spec.leaseTransitions).toBe(1);
  for (const { stop } of candidates) await stop();
  expect((await read('l')).spec).toMatchObject({ leaseDurationSeconds: 1 });
  expect((await read('l')).spec.holderIdentity ?? '').toBe('');
});

it('waits for a lease whose holder is gone without a word, and takes it then', async () => {
  const dead: Lease = {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: { name: 'dead', namespace: test.namespace },
    // Expired long ago by its times, which no clock but the holder's has written.
    spec: {
      holderIdentity: 'dead',
      leaseDurationSeconds: 2,
      renewTime: '2001-01-01T00:00:00.000000Z',
    },
  };
  await test.client.create(LEASES, dead);
  const startedAt = performance.now();
  const { elector, stop } = candidate('dead');
  await until('it leads', () => elector.isLeading());
  const waited = performance.now() - startedAt;
  expect(waited).toBeGreaterThan(1_990);
  await stop();
});

it('steps down when another has written its name into the lease', async () => {
  const leader = candidate('stolen');
  await until('it leads', () => leader.elector.isLeading());
  await until('the lease is stolen', async () => {
    const lease = await read('stolen');
    lease.spec.holderIdentity = 'thief';
    // A renewal may come in between: then this is a 409, and tried again.
    return await test.client.replace(LEASES, lease);
  });
  await until('it has stepped down', () => leader.lost());
  expect(() => leader.elector.assertLeading()).toThrow(NotLeaderError);
  await leader.stop();
  expect((await read('stolen')).spec.holderIdentity).toBe('thief');
});

it('keeps a lease that somebody deletes', async () => {
  const leader = candidate('deleted');
  await until('it leads', () => leader.elector.isLeading());
  const { metadata } = await read('deleted');
  await test.client.delete(LEASES, { namespace: test.namespace, name: 'deleted' });
  await until(
    'it is there again',
    async () => (await read('deleted')).metadata.uid !== metadata.uid,
  );
  expect(leader.lost()).toBe(false);
  leader.elector.assertLeading();
  await leader.stop();
});
