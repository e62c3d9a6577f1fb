import { afterEach, describe, expect, it } from 'vitest';
import type { Outcome } from '../domain/probing/reading.ts';
import { saidBy } from '../testing/command-streams.ts';
import { PeerCluster, type PeerClusterScript } from '../testing/peer-cluster.ts';
import { until } from '../testing/until.ts';
import { ALLOWED_PORT, DENIED_PORT } from './check/path-progress.ts';
import { type CheckFlags, runCheck } from './check.ts';
import type { PeerRound } from './peer/round.ts';

const never = new AbortController().signal;
let cluster: PeerCluster;
afterEach(() => cluster.close());

async function startCluster(script: PeerClusterScript): Promise<void> {
  cluster = await PeerCluster.start(script);
}

/** A round of a peer, in which the port that is not allowed ends so. */
function round(denied: Outcome, allowed: Outcome = 'open'): PeerRound {
  const outcomes = new Map([
    [ALLOWED_PORT, allowed],
    [DENIED_PORT, denied],
  ]);
  const address = { address: '10.0.0.1', outcomes, complete: true, doubt: '', note: '' };
  return { milliseconds: 0, addresses: [address] };
}

/** Pods between which the policy does that. */
function network(denied: Outcome, allowed: Outcome = 'open'): PeerClusterScript {
  return {
    round: (_, hasPolicy) => (hasPolicy ? round(denied, allowed) : round('open')),
  };
}

async function check(script: PeerClusterScript, given: Partial<CheckFlags> = {}) {
  await startCluster(script);
  return checkHere(given);
}

/** Checks the cluster that was started. */
function checkHere(given: Partial<CheckFlags> = {}, signal: AbortSignal = never) {
  const flags: CheckFlags = {
    kubeconfig: cluster.kubeconfig,
    context: undefined,
    as: undefined,
    namespace: undefined,
    image: 'portlock:test',
    likePod: undefined,
    settle: 1,
    timeout: 60_000,
    output: 'json',
    quiet: false,
    ...given,
  };
  return saidBy((streams) => runCheck(flags, streams, signal));
}

describe('what is found out', () => {
  it.each<[string, Outcome, number]>([
    ['Dropped', 'filtered', 0],
    ['Rejected', 'refused', 0],
    ['NotEnforced', 'open', 1],
  ])('%s', async (verdict, denied, code) => {
    const { stdout, exitCode } = await check(network(denied));
    const result = JSON.parse(stdout);
    expect(result).toMatchObject({ kind: 'CheckResult', verdict, image: 'portlock:test' });
    expect(result.paths).toMatchObject([
      { fromNode: 'b', toNode: 'a', verdict },
      { fromNode: 'a', toNode: 'b', verdict },
    ]);
    const times = [result, ...result.paths].map((each) => each.enforcedAfterMilliseconds);
    expect(times).toEqual(times.map(() => (code === 0 ? expect.any(Number) : null)));
    expect(exitCode).toBe(code);
  });

  it('is one way where there is one node', async () => {
    const { stdout } = await check({ ...network('filtered'), nodes: ['only'] });
    expect(JSON.parse(stdout).paths).toMatchObject([{ fromNode: 'only', toNode: 'only' }]);
  });

  it('is the worse of two ways', async () => {
    const { stdout, exitCode } = await check({
      round: (pod, hasPolicy) => round(hasPolicy && pod.endsWith('second') ? 'filtered' : 'open'),
    });
    expect(JSON.parse(stdout).paths).toMatchObject([
      { verdict: 'Dropped' },
      { verdict: 'NotEnforced' },
    ]);
    expect(exitCode).toBe(1);
  });

  it('is nothing where a port is closed already', async () => {
    const { stdout, stderr, exitCode } = await check(
      { round: () => round('filtered') },
      { timeout: 1_000, output: 'table' },
    );
    expect(stdout).toContain(
      'before there was a policy, at 10.0.0.1 8080 is open, 9447 is filtered',
    );
    expect(stderr).toContain('It cannot be told whether this network enforces NetworkPolicies');
    expect(cluster.writes).not.toContainEqual(expect.stringContaining('networkpolicies'));
    expect(exitCode).toBe(2);
  });
});

describe('what is made', () => {
  it('is made for nobody else, and taken away', async () => {
    await check(network('filtered'));
    const inPlace = 'POST /api/v1/namespaces/portlock-check';
    expect(cluster.writes).toEqual([
      'POST /api/v1/namespaces',
      `${inPlace}/serviceaccounts`,
      'POST /apis/rbac.authorization.k8s.io/v1/namespaces/portlock-check/roles',
      'POST /apis/rbac.authorization.k8s.io/v1/namespaces/portlock-check/rolebindings',
      'POST /apis/batch/v1/namespaces/portlock-check/jobs',
      `${inPlace}/pods`,
      `${inPlace}/pods`,
      `${inPlace}/pods`,
      'POST /apis/networking.k8s.io/v1/namespaces/portlock-check/networkpolicies',
      'DELETE /api/v1/namespaces/portlock-check',
    ]);
  });

  it('ends with its Job in a namespace that stays', async () => {
    await check(network('filtered'), { namespace: 'default' });
    expect(cluster.writes).toEqual([
      'POST /apis/batch/v1/namespaces/default/jobs',
      ...Array(3).fill('POST /api/v1/namespaces/default/pods'),
      'POST /apis/networking.k8s.io/v1/namespaces/default/networkpolicies',
      'DELETE /apis/batch/v1/namespaces/default/jobs/portlock-check',
    ]);
    const [job] = cluster.server.requests
      .map(({ body }) => body && JSON.parse(body))
      .filter(Boolean);
    expect(job.spec).toMatchObject({ activeDeadlineSeconds: 90, ttlSecondsAfterFinished: 0 });
    for (const kind of ['pods', 'networkpolicies'])
      for (const { metadata } of cluster.objects.all(kind))
        expect(metadata.ownerReferences).toMatchObject([{ kind: 'Job', controller: false }]);
  });

  it('runs as a pod that is there does', async () => {
    await startCluster(network('filtered'));
    const spec = {
      imagePullSecrets: [{ name: 'registry' }],
      tolerations: [{ operator: 'Exists' }],
      nodeSelector: { pool: 'apps' },
    };
    cluster.objects.put('/api/v1/namespaces/shop/pods/web', { metadata: { name: 'web' }, spec });
    await checkHere({ namespace: 'shop', likePod: 'web' });
    const made = cluster.server.requests
      .filter(({ method, path }) => method === 'POST' && path.endsWith('/pods'))
      .map(({ body = '' }) => JSON.parse(body).spec);
    expect(made).toHaveLength(3);
    const nodeSelector = { 'kubernetes.io/os': 'linux', pool: 'apps' };
    for (const each of made) expect(each).toMatchObject({ ...spec, nodeSelector });
  });

  it.each([
    [{ likePod: 'web' }, '--like-pod is about a pod of a namespace: name that by --namespace'],
    [{ likePod: 'gone', namespace: 'shop' }, 'cannot get pods in the namespace "shop"'],
  ])('makes nothing where there is no such pod: %j', async (given, words) => {
    await expect(check(network('filtered'), given)).rejects.toThrow(words);
    expect(cluster.writes).toEqual([]);
  });

  it('does without what deletes the namespace where that right is not given', async () => {
    const forbidden = ['POST /apis/rbac.authorization.k8s.io'];
    const { stderr, exitCode } = await check({ ...network('filtered'), forbidden });
    expect(stderr).toMatch(
      /Should this be killed, the empty namespace portlock-check-\S+ stays until the next time: not allowed to create roles/,
    );
    expect(exitCode).toBe(0);
  });

  it('is taken away when it is interrupted', async () => {
    const abort = new AbortController();
    await startCluster({ round: () => round('filtered') });
    const checked = checkHere({}, abort.signal);
    const isFollowed = () => cluster.server.requests.some(({ path }) => path.endsWith('/log'));
    await until('the log', isFollowed);
    abort.abort(new Error('ended by a signal'));
    await expect(checked).rejects.toThrow('ended by a signal');
    expect(cluster.writes.at(-1)).toBe('DELETE /api/v1/namespaces/portlock-check');
  });

  it('of those that were killed, what is over goes, and what is not stays', async () => {
    const forgotten = (name: string, endsAt: string) => ({
      metadata: {
        name,
        labels: { 'portlock.dev/throwaway': name },
        annotations: { 'portlock.dev/ends-at': endsAt },
      },
    });
    await startCluster(network('filtered'));
    cluster.objects.put('/api/v1/namespaces/old', forgotten('old', '2020-01-01T00:00:00Z'));
    cluster.objects.put('/api/v1/namespaces/new', forgotten('new', '2999-01-01T00:00:00Z'));
    await checkHere();
    expect(cluster.writes[0]).toBe('DELETE /api/v1/namespaces/old');
    expect(cluster.objects.at('/api/v1/namespaces/new')).toBeDefined();
  });
});

it('is done as whoever --as names, in every call', async () => {
  await check(network('filtered'), { as: 'eve' });
  const users = cluster.server.requests.map(({ headers }) => headers['impersonate-user']);
  expect(new Set(users)).toEqual(new Set(['eve']));
});

it('what cannot be deleted is told, and that it ends by itself', async () => {
  const forbidden = ['DELETE /api/v1/namespaces'];
  const { stderr, exitCode } = await check({ ...network('filtered'), forbidden });
  expect(stderr).toMatch(
    /^Could not delete the namespace portlock-check-\S+, which ends by itself: .* is forbidden$/m,
  );
  expect(exitCode).toBe(0);
});

describe('trouble', () => {
  it.each([
    [
      'an image that the nodes do not get',
      {
        status: () => ({
          phase: 'Pending',
          containerStatuses: [
            { state: { waiting: { reason: 'ErrImagePull', message: 'not found' } } },
          ],
        }),
      },
      /^the pod \S+-first cannot start: ErrImagePull: not found$/,
    ],
    ['no right', { forbidden: ['POST /api/v1/namespaces'] }, /^not allowed to create namespaces/],
  ])('%s is one line, and nothing is left', async (_, script, message) => {
    await expect(check(script)).rejects.toThrow(message);
    expect(cluster.writes.at(-1)).toBe('DELETE /api/v1/namespaces/portlock-check');
  });

  it('that lasts ends with the time that it may take', async () => {
    const status = () => ({ phase: 'Pending' });
    await expect(check({ status }, { timeout: 50 })).rejects.toThrow(
      /^it was not done within 0.05 s/,
    );
  });
});
