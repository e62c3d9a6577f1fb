import { describe, expect, it } from 'vitest';
import { heldBy, type Lease, LeaseTooLongError, microTime, released } from './lease.ts';

const now = new Date('2026-01-02T03:04:05.006Z');
const terms = { name: 'l', namespace: 'ns', leaseDurationSeconds: 15, now };
const time = '2026-01-02T03:04:05.006000Z';

const lease: Lease = {
  apiVersion: 'coordination.k8s.io/v1',
  kind: 'Lease',
  metadata: { name: 'l', namespace: 'ns', resourceVersion: '7' },
  spec: {
    holderIdentity: 'other',
    leaseDurationSeconds: 30,
    leaseTransitions: 4,
    acquireTime: 'then',
    renewTime: 'then',
  },
};

it('writes times with six digits', () => {
  expect(microTime(now)).toBe(time);
});

const AS_SERVED = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease' };
const OURS = {
  holderIdentity: 'me',
  leaseDurationSeconds: 15,
  leaseTransitions: 0,
  acquireTime: time,
  renewTime: time,
};
const POD = { apiVersion: 'v1', kind: 'Pod', name: 'portlock-0', uid: 'uid-0' };

describe('a lease that is held', () => {
  it('is new where there was none', () => {
    const metadata = { name: 'l', namespace: 'ns' };
    expect(heldBy('me', undefined, terms)).toStrictEqual({ ...AS_SERVED, metadata, spec: OURS });
  });

  it('goes with its owner where it is new', () => {
    const made = heldBy('me', undefined, { ...terms, owner: POD });
    expect(made.metadata).toEqual({ name: 'l', namespace: 'ns', ownerReferences: [POD] });
  });

  it('stays whose it was where it is there, with its resourceVersion as a precondition', () => {
    expect(heldBy('me', lease, { ...terms, owner: POD }).metadata).toBe(lease.metadata);
  });

  it.each<[string, Lease['spec'], object]>([
    ['counts that it changed hands', lease.spec, { leaseTransitions: 5 }],
    [
      'counts that from nothing, where it does not say how often',
      { holderIdentity: 'other' },
      { leaseTransitions: 1 },
    ],
    ['changes hands where nobody held it', {}, { leaseTransitions: 1 }],
    [
      'keeps since when it is held on a renewal',
      { ...lease.spec, holderIdentity: 'me' },
      { leaseTransitions: 4, acquireTime: 'then' },
    ],
    [
      'says since when it is held where it did not, on a renewal, too',
      { holderIdentity: 'me' },
      { leaseTransitions: 0 },
    ],
    [
      'keeps what others have written',
      { ...lease.spec, strategy: 'OldestEmulationVersion' } as Lease['spec'],
      { leaseTransitions: 5, strategy: 'OldestEmulationVersion' },
    ],
  ])('%s', (_what, spec, expected) => {
    const held = heldBy('me', { ...lease, spec }, terms);
    expect(held).toEqual({ ...lease, spec: { ...OURS, ...expected } });
  });
});

it('a lease that is released is held by nobody, for a second, and keeps all else', () => {
  const spec = {
    holderIdentity: '',
    leaseDurationSeconds: 1,
    leaseTransitions: 4,
    acquireTime: time,
    renewTime: time,
  };
  expect(released(lease, now)).toEqual({ ...lease, spec });
});

it('a lease that says it lasts too long is told by name, with how long that is', () => {
  const error = new LeaseTooLongError('l', 3600);
  expect(error).toMatchObject({
    name: 'LeaseTooLongError',
    reason: 'LeaseTooLong',
    message: 'The Lease l says that it lasts 3600 s: it is taken after 60 s without a renewal',
  });
});
