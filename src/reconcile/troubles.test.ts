import { beforeEach, describe, expect, test } from 'vitest';
import { ApiError } from '../kube/errors.ts';
import { LEASES } from '../kube/lease.ts';
import { ANTREA_POLICIES, CALICO_POLICIES, NETWORK_POLICIES, REPORTS } from '../kube/resources.ts';
import { createLog } from '../telemetry/log.ts';
import { Troubles } from './troubles.ts';

let troubles: Troubles;
beforeEach(() => {
  const log = createLog('error');
  log.silent = true;
  troubles = new Troubles(log);
});

function refused(status: number): ApiError {
  const call = { method: 'GET', path: '/' };
  return new ApiError(call, { status, reason: 'Forbidden', message: 'no' });
}

describe('troubles', () => {
  test('of resources with one plural are kept apart, and named as kubectl names them', () => {
    const all = [NETWORK_POLICIES, CALICO_POLICIES, ANTREA_POLICIES];
    for (const resource of all) troubles.begin({ resource }, refused(403));
    troubles.end({ resource: CALICO_POLICIES });
    expect([...troubles.current.values()]).toEqual([
      'Not allowed to use networkpolicies.networking.k8s.io; grant it with: kubectl apply -k config/rbac',
      'Not allowed to use networkpolicies.crd.antrea.io; grant it with: kubectl apply -k config/rbac',
    ]);
  });

  test('of two leases, and of reading all leases, are kept apart', () => {
    const parts = [undefined, 'portlock-leader', 'portlock-replica-0'].map((name) => ({
      resource: LEASES,
      ...(name !== undefined && { name }),
    }));
    for (const part of parts) troubles.begin(part, refused(403));
    for (const part of parts) {
      expect(troubles.current.size).toBeGreaterThan(0);
      troubles.end(part);
    }
    expect(troubles.current.size).toBe(0);
  });

  test('of another version of a resource are the same', () => {
    troubles.begin({ resource: ANTREA_POLICIES }, refused(500));
    troubles.end({ resource: { ...ANTREA_POLICIES, version: 'v1' } });
    expect(troubles.current.size).toBe(0);
  });

  test('where reports are not defined say how to install them', () => {
    troubles.begin({ resource: REPORTS }, refused(404));
    expect([...troubles.current.values()]).toEqual([
      expect.stringMatching(/kubectl apply -k crds$/),
    ]);
  });
});
