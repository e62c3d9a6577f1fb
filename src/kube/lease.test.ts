import { expect, it } from 'vitest';
import { heldBy, type Lease, microTime, released } from './lease.ts';

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

it('makes a new lease', () => {
  expect(heldBy('me', undefined, terms)).toMatchObject({
    metadata: { name: 'l', namespace: 'ns' },
    spec: {
      holderIdentity: 'me',
      leaseDurationSeconds: 15,
      leaseTransitions: 0,
      acquireTime: time,
      renewTime: time,
    },
  });
});

it('counts a change of the holder, and keeps the resourceVersion as a precondition', () => {
  const taken = heldBy('me', lease, terms);
  expect(taken.metadata.resourceVersion).toBe('7');
  expect(taken.spec).toMatchObject({ leaseTransitions: 5, acquireTime: time });
});

it('keeps the time of acquisition on a renewal', () => {
  const renewed = heldBy('other', lease, terms);
  expect(renewed.spec).toMatchObject({ leaseTransitions: 4, acquireTime: 'then', renewTime: time });
});

it('releases with the shortest duration and no holder', () => {
  expect(released(lease, now).spec).toMatchObject({ holderIdentity: '', leaseDurationSeconds: 1 });
});
