import type { ReceivedRequest } from './scripted-api-server.ts';

/** Where what portlock reads and writes about the Deployment web of the builders lives. */
export const SHOP = '/api/v1/namespaces/shop';
export const WEB = '/apis/apps/v1/namespaces/shop/deployments/web';
export const POLICIES = '/apis/networking.k8s.io/v1/namespaces/shop/networkpolicies';
export const POLICY = `${POLICIES}/web-portlock`;
export const REPORT = '/apis/portlock.dev/v1alpha1/namespaces/shop/portexposurereports/web';
export const EVENTS = '/apis/events.k8s.io/v1/namespaces/shop/events';

const NAMES: readonly (readonly [string, string])[] = [
  [`${REPORT}/status`, 'status'],
  [REPORT, 'report'],
  [POLICY, 'policy'],
  [POLICIES, 'policy'],
  [EVENTS, 'event'],
  [WEB, 'workload'],
  [SHOP, 'namespace'],
];

/** Requests in a word or three each, in their order: `POST policy`, `PATCH status policy`, `POST event PolicyApplied`. */
export function inWords(requests: readonly ReceivedRequest[]): string[] {
  return requests.map(({ method, path, query, body }) => {
    const name = NAMES.find(([known]) => known === path)?.[1] ?? path;
    const words = [method, name];
    if (name === 'status') words.push((query.get('fieldManager') ?? '').replace('portlock-', ''));
    if (name === 'event' && method === 'POST') words.push(JSON.parse(body).reason);
    return words.join(' ');
  });
}

/** Of requests those that write a policy of the namespace, in words. */
export function policyWrites(requests: readonly ReceivedRequest[]): string[] {
  return inWords(requests).filter((words) => /^(POST|PUT|PATCH|DELETE) policy$/.test(words));
}
