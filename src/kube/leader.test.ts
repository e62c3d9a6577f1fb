import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { test as base, describe, expect, vi } from 'vitest';
import {
  type Answer,
  ScriptedApiServer,
  sendJson,
  sendStatus,
} from '../testing/scripted-api-server.ts';
import { until } from '../testing/until.ts';
import { KubeClient } from './client.ts';
import { NotLeaderError } from './errors.ts';
import { LeaderElector, type LeaderTiming } from './leader.ts';
import type { Lease } from './lease.ts';

const COLLECTION = '/apis/coordination.k8s.io/v1/namespaces/ns/leases';
const READ = `GET ${COLLECTION}/l`;
const CREATE = `POST ${COLLECTION}`;
const UPDATE = `PUT ${COLLECTION}/l`;

/** Long enough that no test loses the lease unless it means to, on however busy a machine. */
const PATIENT: LeaderTiming = { leaseDuration: 30, renewDeadline: 20, retryPeriod: 0.05 };
/** For what has to be lost: the times of Kubernetes, ten times shorter. */
const HASTY: LeaderTiming = { leaseDuration: 1.5, renewDeadline: 1, retryPeriod: 0.2 };

/** What a Lease goes with. */
const REPLICA = { apiVersion: 'v1', kind: 'Pod', name: 'replica', uid: 'uid-replica' };

interface Election {
  server: ScriptedApiServer;
  elector: LeaderElector;
  stop: AbortController;
  told: string[];
  /** Runs the elector; when it runs already, its end. */
  run: () => Promise<void>;
  writes: () => Lease[];
}

async function useElection(
  timing: LeaderTiming,
  use: (election: Election) => Promise<void>,
): Promise<void> {
  const server = await ScriptedApiServer.start();
  const client = new KubeClient({ kubeConfig: server.kubeConfig() });
  const stop = new AbortController();
  const told: string[] = [];
  const elector = new LeaderElector({
    client,
    namespace: 'ns',
    name: 'l',
    owner: () => REPLICA,
    timing,
    onOutage: (error) => told.push(String((error as { reason?: string }).reason)),
    onRecovered: () => told.push('recovered'),
  });
  let ended: Promise<void> | undefined;
  const run = () => {
    ended ??= elector.run({
      signal: stop.signal,
      onStartedLeading: () => told.push('started'),
      onStoppedLeading: () => told.push('stopped'),
    });
    return ended;
  };
  const writes = (): Lease[] =>
    server.requests.filter(({ method }) => method !== 'GET').map(({ body }) => JSON.parse(body));
  await use({ server, elector, stop, told, run, writes });
  server.allow(READ, notFound);
  stop.abort();
  await ended;
  await client.close();
  await server.close();
}

async function win(election: Election): Promise<Election> {
  const accept = accepting();
  election.server.expect(READ, notFound).expect(CREATE, accept).allow(UPDATE, accept);
  void election.run();
  await until('it leads', () => election.told.includes('started'));
  return election;
}

/** Each test has a server and an elector of its own, as the tests run together. */
const it = base.extend<{ election: Election; leader: Election; hastyLeader: Election }>({
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads the names of fixtures from it
  election: ({}, use) => useElection(PATIENT, use),
  /** An election that our elector has won. */
  leader: async ({ election }, use) => use(await win(election)),
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads the names of fixtures from it
  hastyLeader: ({}, use) => useElection(HASTY, async (election) => use(await win(election))),
});

/** Answers writes as the server does: with the object, at a new resourceVersion. */
function accepting(): Answer {
  let version = 100;
  return (response, { body }) => {
    const lease: Lease = JSON.parse(body);
    version += 1;
    lease.metadata.resourceVersion = String(version);
    sendJson(response, lease);
  };
}

const notFound: Answer = (response) =>
  sendStatus(response, 404, { reason: 'NotFound', message: '' });
const conflict: Answer = (response) =>
  sendStatus(response, 409, { reason: 'Conflict', message: '' });

function heldByOther(resourceVersion: string, spec: object = {}): Answer {
  return (response) =>
    sendJson(response, {
      metadata: { name: 'l', namespace: 'ns', resourceVersion },
      spec: { holderIdentity: 'other', leaseDurationSeconds: 0.4, ...spec },
    });
}

/** What it throws. */
function errorOf(act: () => void): unknown {
  try {
    return act();
  } catch (error) {
    return error;
  }
}

describe.concurrent('taking the lease', () => {
  it('creates it where there is none, renews it, and gives it back at the end', async ({
    leader: { server, elector, stop, told, run, writes },
  }) => {
    await until('it has renewed', () => writes().length > 4);
    elector.assertLeading();
    expect(elector.secondsSinceRenewal).toBeLessThan(PATIENT.renewDeadline);
    server.allow(READ, heldByOther('900', { holderIdentity: elector.identity }));
    stop.abort();
    await run();
    const [created, renewed] = writes();
    expect(created?.metadata).toEqual({
      name: 'l',
      namespace: 'ns',
      ownerReferences: [REPLICA],
    });
    expect(created?.spec.holderIdentity).toMatch(/_[0-9a-f-]{36}$/);
    expect(created?.spec.holderIdentity).toBe(elector.identity);
    expect(renewed?.metadata.resourceVersion).toBe('101');
    expect(writes().at(-1)?.spec).toMatchObject({ holderIdentity: '', leaseDurationSeconds: 1 });
    expect(() => elector.assertLeading()).toThrow(
      new NotLeaderError('this replica does not hold the lease'),
    );
    expect(elector.secondsSinceRenewal).toBeUndefined();
    expect(told).toEqual(['started']);
  });

  it('gives back what it was about to renew or take when it was stopped', async ({
    leader: { server, elector, stop, told, run, writes },
  }) => {
    const renewing = Promise.withResolvers<void>();
    server.expect(UPDATE, () => renewing.resolve());
    await renewing.promise;
    const current = heldByOther('900', { holderIdentity: elector.identity });
    server.expect(READ, current).expect(UPDATE, conflict).expect(READ, current);
    server.expect(UPDATE, accepting());
    stop.abort();
    await run();
    await server.verify();
    expect(writes().at(-1)).toMatchObject({
      metadata: { resourceVersion: '900' },
      spec: { holderIdentity: '', leaseDurationSeconds: 1 },
    });
    expect(told).toEqual(['started']);
  });

  it('case 32: takes one that has no spec at once, and waits for one that is not as the API says', async ({
    election: { server, told, run },
  }) => {
    const metadata = { name: 'l', namespace: 'ns', resourceVersion: '5' };
    const answer =
      (lease: object): Answer =>
      (response) =>
        sendJson(response, lease);
    server.expect(READ, answer({ metadata, spec: { holderIdentity: {} } }));
    server.expect(READ, answer({ metadata, spec: null })).allow(UPDATE, accepting());
    void run();
    await until('it leads', () => told.includes('started'));
    expect(told).toEqual(['MalformedObject', 'recovered', 'started']);
  });

  it('takes one that nobody holds at once', async ({ election: { server, told, run } }) => {
    server.expect(READ, heldByOther('5', { holderIdentity: '', leaseDurationSeconds: 3_600 }));
    server.allow(UPDATE, accepting());
    void run();
    await until('it leads', () => told.includes('started'));
  });

  it('case 34: waits until it has seen no change for as long as the lease says, whatever its times say', async ({
    election: { server, elector, told, run, writes },
  }) => {
    const renewTime = '1999-01-01T00:00:00.000000Z';
    let seen = 5;
    let changedAt = 0;
    server.allow(READ, (response, request) => {
      if (seen < 8) {
        seen += 1;
        changedAt = performance.now();
      }
      return heldByOther(String(seen), { renewTime })(response, request);
    });
    server.allow(UPDATE, accepting());
    void run();
    await until('it leads', () => told.includes('started'));
    const waited = performance.now() - changedAt;
    expect(waited).toBeGreaterThan(395);
    expect(writes()[0]?.metadata.resourceVersion).toBe('8');
    expect(writes()[0]?.spec.holderIdentity).toBe(elector.identity);
  });

  it('takes one that nobody renews as soon as it may, however seldom it tries otherwise', async () => {
    await useElection({ ...PATIENT, retryPeriod: 600 }, async ({ server, told, run }) => {
      server.allow(READ, heldByOther('5')).allow(UPDATE, accepting());
      void run();
      await until('it leads', () => told.includes('started'));
    });
  });

  it('tells when it cannot be given back, and tries that no more', async ({
    leader: { server, stop, told, run },
  }) => {
    server.allow(READ, (response) =>
      sendStatus(response, 403, { reason: 'Forbidden', message: '' }),
    );
    stop.abort();
    await run();
    expect(told).toEqual(['started', 'Forbidden']);
    expect(server.requests.filter(({ method }) => method === 'GET')).toHaveLength(2);
  });

  it('goes on waiting when another was faster', async ({
    election: { server, elector, told, run },
  }) => {
    const refusals: unknown[] = [];
    server.expect(READ, notFound).expect(CREATE, conflict).expect(READ, heldByOther('5'));
    server.expect(READ, (response, request) => {
      refusals.push(errorOf(() => elector.assertLeading()));
      return heldByOther('5')(response, request);
    });
    server.allow(READ, heldByOther('5')).allow(UPDATE, accepting());
    void run();
    await until('it leads', () => told.includes('started'));
    expect(refusals).toEqual([expect.any(NotLeaderError)]);
    expect(told).toEqual(['started']);
  });

  it('tells trouble once and goes on trying', async ({ election: { server, told, run } }) => {
    const forbidden = { reason: 'Forbidden', message: '' };
    for (let count = 0; count < 3; count += 1) {
      server.expect(READ, (response) => sendStatus(response, 403, forbidden));
    }
    server.expect(READ, notFound).expect(CREATE, accepting()).allow(UPDATE, accepting());
    void run();
    await until('it leads', () => told.includes('started'));
    expect(told).toEqual(['Forbidden', 'recovered', 'started']);
  });

  it('tells when the lease cannot be created because its namespace is missing', async ({
    election: { server, told, run },
  }) => {
    server.allow(READ, notFound).allow(CREATE, notFound);
    void run();
    await until('it is told', () => told.includes('NotFound'));
  });

  it('can be stopped while it waits, and then gives nothing back', async ({
    election: { server, stop, told, run, writes },
  }) => {
    server.allow(READ, heldByOther('5', { leaseDurationSeconds: 30 }));
    void run();
    await until('it has looked again', () => server.requests.length > 1);
    stop.abort();
    await run();
    expect(writes()).toEqual([]);
    expect(told).toEqual([]);
  });
});

describe('a lease that says it lasts 68 years', () => {
  it('case 32: is taken after a minute without a renewal, and that is told', async ({
    election: { server, told, run, writes },
  }) => {
    vi.useFakeTimers({ toFake: ['performance'] });
    try {
      server.allow(READ, heldByOther('5', { leaseDurationSeconds: 2 ** 31 - 1 }));
      server.allow(UPDATE, accepting());
      void run();
      await until('it has looked again', () => server.requests.length > 1);
      vi.advanceTimersByTime(59_000);
      const { length } = server.requests;
      await until('it has looked again', () => server.requests.length > length + 1);
      expect(writes()).toEqual([]);
      vi.advanceTimersByTime(1_000);
      await until('it leads', () => told.includes('started'));
      expect(told).toEqual(['LeaseTooLong', 'recovered', 'started']);
      expect(writes()[0]?.spec.leaseDurationSeconds).toBe(PATIENT.leaseDuration);
    } finally {
      vi.useRealTimers();
    }
  });
});

describe('a server that takes connections and says nothing', () => {
  it('is given up within the time of a call, while it connects', async ({ election }) => {
    const connections = new Set<Socket>();
    const silent = createServer((socket) => connections.add(socket)).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const { port } = silent.address() as AddressInfo;
    const kubeConfig = election.server.kubeConfig({
      cluster: { server: `https://127.0.0.1:${port}` },
    });
    const client = new KubeClient({ kubeConfig });
    const stop = new AbortController();
    const reasons: string[] = [];
    const elector = new LeaderElector({
      client,
      namespace: 'ns',
      name: 'l',
      timing: { leaseDuration: 1, renewDeadline: 0.2, retryPeriod: 0.05 },
      onOutage: (error) => reasons.push(String((error as { reason?: string }).reason)),
    });
    const ended = elector.run({
      signal: stop.signal,
      onStartedLeading: () => {},
      onStoppedLeading: () => {},
    });
    await until('a try is over', () => reasons.length > 0, 30_000);
    expect(reasons).toEqual(['ApiServerTimeout']);
    for (const socket of connections) socket.destroy();
    silent.close();
    stop.abort();
    await ended;
    await client.close();
  });
});

describe.concurrent('losing the lease', () => {
  it.for([
    [
      'fails',
      (response) => sendStatus(response, 500, { reason: 'InternalError', message: '' }),
      'InternalError',
    ],
    ['hangs', () => {}, 'ApiServerTimeout'],
    ['breaks the connection', (response) => response.destroy(), 'ApiServerUnreachable'],
  ] as [string, Answer, string][])(
    'case 3, case 33: stops once, after the renewal deadline, when the server %s',
    async ([, fail, reason], { hastyLeader: { server, elector, told, run, writes } }) => {
      server.allow(UPDATE, fail).allow(READ, fail);
      await until('it has stopped', () => told.includes('stopped'));
      expect(() => elector.assertLeading()).toThrow(NotLeaderError);
      await run();
      expect(told.slice(0, 2)).toEqual(['started', reason]);
      expect(told.filter((each) => each === 'stopped')).toHaveLength(1);
      expect(writes().length).toBeGreaterThan(1);
    },
  );

  it('case 33: does not stop for failures that end before the deadline', async ({
    leader: { server, told, writes },
  }) => {
    for (let count = 0; count < 2; count += 1) {
      server.expect(UPDATE, (response) =>
        sendStatus(response, 500, { reason: 'InternalError', message: '' }),
      );
    }
    await server.verify();
    const { length } = writes();
    await until('it has renewed again', () => writes().length > length + 2);
    expect(told).toEqual(['started', 'InternalError', 'recovered']);
  });

  it('tells when it cannot look who holds a lease that has changed', async ({
    leader: { server, told },
  }) => {
    const failure = { reason: 'InternalError', message: '' };
    server.expect(UPDATE, conflict);
    server.expect(READ, (response) => sendStatus(response, 500, failure));
    await until('it has recovered', () => told.includes('recovered'));
    expect(told).toEqual(['started', 'InternalError', 'recovered']);
  });

  it('stops at once when it sees another holder, and does not take the lease back', async ({
    leader: { server, told, run, writes },
  }) => {
    server.allow(UPDATE, conflict).allow(READ, heldByOther('900'));
    const { length } = writes();
    await until('it has stopped', () => told.includes('stopped'));
    await run();
    expect(writes()).toHaveLength(length + 1);
    expect(writes().at(-1)?.spec.holderIdentity).not.toBe('');
  });

  it('case 32: keeps a lease that was edited or deleted by hand', async ({
    leader: { server, elector, told, writes },
  }) => {
    const edited = heldByOther('900', { holderIdentity: elector.identity });
    server.expect(UPDATE, conflict).expect(READ, edited);
    await server.verify();
    await until('it updates what was edited', () =>
      writes().some(({ metadata }) => metadata.resourceVersion === '900'),
    );
    server.expect(UPDATE, notFound).expect(READ, notFound).expect(CREATE, accepting());
    await server.verify();
    elector.assertLeading();
    expect(told).toEqual(['started']);
  });

  it('finds its own renewal whose answer was lost', async ({
    leader: { server, elector, told, writes },
  }) => {
    server.expect(UPDATE, (response) => response.destroy()).expect(UPDATE, conflict);
    server.expect(READ, heldByOther('900', { holderIdentity: elector.identity }));
    await server.verify();
    const { length } = writes();
    await until('it has renewed again', () => writes().length > length + 2);
    expect(told).not.toContain('stopped');
  });
});

describe('a process that stands still', () => {
  it('case 31: writes nothing any more when it goes on too late', async ({
    hastyLeader: { server, elector, told, run },
  }) => {
    server.allow(READ, heldByOther('900', { holderIdentity: elector.identity }));
    // Nothing is under way, and nothing will be for as long as that again.
    await until('it has just renewed', () => (elector.secondsSinceRenewal ?? 1) < 0.1);
    const { length } = server.requests;
    // Blocks the whole process, as SIGSTOP does.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, HASTY.renewDeadline * 1000 + 100);
    expect(() => elector.assertLeading()).toThrow(NotLeaderError);
    await until('it has stopped', () => told.includes('stopped'));
    await run();
    expect(server.requests).toHaveLength(length);
  });
});

describe('a clock that jumps', () => {
  it.for([1, -1])(
    'case 34: by %i h takes no lease away and gives none',
    async (hours, { leader: { server, elector, told, writes } }) => {
      vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + hours * 3_600_000 });
      try {
        const { length } = writes();
        await until('it has renewed', () => writes().length > length + 2);
        expect(elector.isLeading()).toBe(true);
        expect(told).toEqual(['started']);
        // Another replica, whose clock is right, holds a lease that this one then sees.
        server
          .allow(UPDATE, conflict)
          .allow(READ, heldByOther('900', { leaseDurationSeconds: 30 }));
        await until('it is lost', () => told.includes('stopped'));
        expect(elector.isLeading()).toBe(false);
      } finally {
        vi.useRealTimers();
      }
    },
  );
});
