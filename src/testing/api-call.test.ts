import { expect, it } from 'vitest';
import { apiCall } from './api-call.ts';

it.each([
  ['GET', '/api/v1/pods?limit=5', 'list pods'],
  ['GET', '/api/v1/namespaces', 'list namespaces'],
  ['GET', '/api/v1/namespaces/a', 'get namespaces a'],
  ['GET', '/api/v1/namespaces/a/pods?watch=true', 'watch pods'],
  ['GET', '/api/v1/namespaces/a/pods/b', 'get pods a/b'],
  ['PATCH', '/apis/apps/v1/namespaces/a/deployments/b', 'patch deployments.apps a/b'],
  [
    'PATCH',
    '/apis/portlock.dev/v1alpha1/namespaces/a/portexposurereports/b/status',
    'patch portexposurereports.portlock.dev a/b status',
  ],
  ['POST', '/apis/apps/v1/namespaces/a/deployments', 'create deployments.apps'],
  [
    'PUT',
    '/apis/coordination.k8s.io/v1/namespaces/a/leases/l',
    'update leases.coordination.k8s.io a/l',
  ],
  ['DELETE', '/apis/apps/v1/namespaces/a/deployments/b', 'delete deployments.apps a/b'],
  ['GET', '/version', 'list'],
])('%s %s is %s', (method, target, expected) => {
  const { verb, resource, key, subresource } = apiCall(method, target);
  expect([verb, resource, key, subresource].filter(Boolean).join(' ')).toBe(expected);
});

it.each([
  ['/api/v1/namespaces/a/pods', 'a'],
  ['/api/v1/namespaces/a/pods/b', 'a'],
  ['/api/v1/namespaces/a', undefined],
  ['/api/v1/pods', undefined],
])('%s is in namespace %s', (target, expected) => {
  expect(apiCall('GET', target).namespace).toBe(expected);
});
