import { expect, test } from 'vitest';
import { type Answer, sendJson, sendStatus } from '../testing/scripted-api-server.ts';
import { scriptedClient } from '../testing/scripted-client.ts';
import { reviewToken } from './token-review.ts';

const TOKENS = 'POST /apis/authentication.k8s.io/v1/tokenreviews';
const ACCESS = 'POST /apis/authorization.k8s.io/v1/subjectaccessreviews';
const REQUEST = { verb: 'get', path: '/metrics' };
const USER = {
  username: 'system:serviceaccount:monitoring:prometheus',
  uid: '1',
  groups: ['system:authenticated'],
  extra: { 'authentication.kubernetes.io/pod-name': ['prometheus-0'] },
};
const both = scriptedClient();

const reviewed =
  (status: object): Answer =>
  (response) =>
    sendJson(response, { status }, { code: 201 });

test.each([
  ['allowed', { allowed: true }],
  ['forbidden', { allowed: false, reason: 'no rule' }],
  ['forbidden', { allowed: 'yes' }],
  ['forbidden', {}],
])('who has the token is asked, then whether they may: %s', async (access, status) => {
  both.server.expect(TOKENS, reviewed({ authenticated: true, user: USER }));
  both.server.expect(ACCESS, reviewed(status));
  expect(await reviewToken(both.client, 'secret', REQUEST)).toBe(access);
  const [first, second] = both.server.requests.map(({ body }) => JSON.parse(body));
  expect(first).toEqual({
    apiVersion: 'authentication.k8s.io/v1',
    kind: 'TokenReview',
    spec: { token: 'secret' },
  });
  const { username: user, ...others } = USER;
  expect(second).toEqual({
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SubjectAccessReview',
    spec: { user, ...others, nonResourceAttributes: REQUEST },
  });
});

test.each([
  [{ authenticated: false, error: 'expired' }],
  [{ authenticated: true }],
  [{ authenticated: true, user: { username: '' } }],
  [{ authenticated: 'true', user: USER }],
  [{ user: USER }],
  [{}],
])('nobody is asked about whom nobody knows: %j', async (status) => {
  both.server.expect(TOKENS, reviewed(status));
  expect(await reviewToken(both.client, 'secret', REQUEST)).toBe('unauthenticated');
});

test('an operator that may not ask says so', async () => {
  both.server.expect(TOKENS, (response) =>
    sendStatus(response, 403, { reason: 'Forbidden', message: 'tokenreviews is forbidden' }),
  );
  await expect(reviewToken(both.client, 'secret', REQUEST)).rejects.toThrow(
    'tokenreviews is forbidden',
  );
});
