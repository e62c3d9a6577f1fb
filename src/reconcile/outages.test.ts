import { beforeEach, describe, expect, test } from 'vitest';
import { ApiError } from '../kube/errors.ts';
import { LEASES } from '../kube/lease.ts';
import { WentBackError } from '../kube/relist.ts';
import { ANTREA_POLICIES, CALICO_POLICIES, NETWORK_POLICIES, REPORTS } from '../kube/resources.ts';
import { createLog } from '../telemetry/log.ts';
import { Outages } from './outages.ts';

let outages: Outages;
beforeEach(() => {
  const log = createLog('error');
  log.silent = true;
  outages = new Outages(log);
});

function refused(status: number): ApiError {
  const call = { method: 'GET', path: '/' };
  return new ApiError(call, { status, reason: 'Forbidden', message: 'no' });
}

describe('outages', () => {
  test('of resources with one plural are kept apart, and named as kubectl names them', () => {
    const all = [NETWORK_POLICIES, CALICO_POLICIES, ANTREA_POLICIES];
    for (const resource of all) outages.begin({ resource }, refused(403));
    outages.end({ resource: CALICO_POLICIES });
    expect([...outages.current.values()]).toEqual([
      'Not allowed to use networkpolicies.networking.k8s.io; grant it with: kubectl apply -k config/rbac',
      'Not allowed to use networkpolicies.crd.antrea.io; grant it with: kubectl apply -k config/rbac',
    ]);
  });

  test('of two leases, and of reading all leases, are kept apart', () => {
    const parts = [undefined, 'portlock-leader', 'portlock-replica-0'].map((name) => ({
      resource: LEASES,
      ...(name !== undefined && { name }),
    }));
    for (const part of parts) outages.begin(part, refused(403));
    for (const part of parts) {
      expect(outages.current.size).toBeGreaterThan(0);
      outages.end(part);
    }
    expect(outages.current.size).toBe(0);
  });

  test('of another version of a resource are the same', () => {
    outages.begin({ resource: ANTREA_POLICIES }, refused(500));
    outages.end({ resource: { ...ANTREA_POLICIES, version: 'v1' } });
    expect(outages.current.size).toBe(0);
  });

  test('of an API server that went back are one, whatever is read of it', () => {
    for (const resource of [NETWORK_POLICIES, LEASES])
      outages.begin({ resource }, new WentBackError('resourceVersion 5 came after 10'));
    expect(new Set(outages.current.values())).toEqual(
      new Set([expect.stringMatching(/^The API server went back to an older state/)]),
    );
  });

  test('where reports are not defined say how to install them', () => {
    outages.begin({ resource: REPORTS }, refused(404));
    expect([...outages.current.values()]).toEqual([
      expect.stringMatching(/kubectl apply -k crds$/),
    ]);
  });
});
