import type { ObjectMeta, OwnerReference } from '../api/object-meta.ts';
import type { Resource } from './resource.ts';

export const LEASES: Resource = {
  group: 'coordination.k8s.io',
  version: 'v1',
  plural: 'leases',
  namespaced: true,
};

export interface LeaseSpec {
  holderIdentity?: string;
  leaseDurationSeconds?: number;
  acquireTime?: string;
  renewTime?: string;
  leaseTransitions?: number;
}

export interface Lease {
  apiVersion: 'coordination.k8s.io/v1';
  kind: 'Lease';
  metadata: ObjectMeta;
  spec: LeaseSpec;
}

/** So long a Lease lasts at most without a renewal, in seconds, whatever it says: an edit must not stop everything for years. */
export const LONGEST_LEASE = 60;

/** A Lease says that it lasts longer than is believed. */
export class LeaseTooLongError extends Error {
  override readonly name = 'LeaseTooLongError';
  readonly reason = 'LeaseTooLong';

  constructor(name: string, seconds: number) {
    super(
      `The Lease ${name} says that it lasts ${seconds} s: it is taken after ${LONGEST_LEASE} s without a renewal`,
    );
  }
}

/** `date` as the API's MicroTime, which the server refuses without exactly six digits. */
export function microTime(date: Date): string {
  return date.toISOString().replace(/Z$/, '000Z');
}

/** The lease with us as its holder; `lease` as the server has it, or undefined for a new one. */
export function heldBy(
  identity: string,
  lease: Lease | undefined,
  terms: {
    name: string;
    namespace: string;
    leaseDurationSeconds: number;
    now: Date;
    /** What a new lease goes with. */
    owner?: OwnerReference | undefined;
  },
): Lease {
  const { spec } = lease ?? {};
  const now = microTime(terms.now);
  const isRenewal = spec?.holderIdentity === identity;
  const transitions = spec?.leaseTransitions ?? 0;
  return {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: lease?.metadata ?? {
      name: terms.name,
      namespace: terms.namespace,
      ...(terms.owner && { ownerReferences: [terms.owner] }),
    },
    spec: {
      ...spec,
      holderIdentity: identity,
      leaseDurationSeconds: terms.leaseDurationSeconds,
      acquireTime: isRenewal ? (spec.acquireTime ?? now) : now,
      renewTime: now,
      leaseTransitions: lease === undefined || isRenewal ? transitions : transitions + 1,
    },
  };
}

/** The lease free for anybody to take at once: held by nobody, and for the shortest time there is. */
export function released(lease: Lease, now: Date): Lease {
  const { metadata, spec } = lease;
  const time = microTime(now);
  return {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata,
    spec: {
      ...spec,
      holderIdentity: '',
      leaseDurationSeconds: 1,
      acquireTime: time,
      renewTime: time,
    },
  };
}
