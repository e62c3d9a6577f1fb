import { expect, test } from 'vitest';
import { ApiError, ApiUnreachableError } from '../kube/errors.ts';
import { MalformedObjectError } from '../kube/shape.ts';
import { type Asked, withTroubleTold } from './api-trouble.ts';
import { CommandError } from './command-error.ts';

const LIST: Asked = { verb: 'list', resource: 'pods', namespace: undefined };
const GET: Asked = { verb: 'get', resource: 'deployments', namespace: 'shop' };

const answer = (status: number) =>
  new ApiError(
    { method: 'GET', path: '/' },
    { status, reason: 'Any', message: 'the server says so' },
  );

test.each([
  ['forbidden', answer(403), GET, /^not allowed to get deployments in the namespace "shop": .*so$/],
  ['forbidden everywhere', answer(403), LIST, /^not allowed to list pods in all namespaces: .*so$/],
  ['unknown', answer(401), GET, /^the API server does not accept the credentials: .*so$/],
  ['broken', answer(500), GET, /^cannot get deployments in the namespace "shop": .*so$/],
  [
    'malformed',
    new MalformedObjectError('no name'),
    LIST,
    /^the API server sent pods that are not as the API says: no name$/,
  ],
  [
    'out of reach',
    new ApiUnreachableError({ method: 'GET', path: '/' }, 'ApiServerUnreachable', 'no answer'),
    LIST,
    /^no answer from the API server: .*no answer/,
  ],
])('what is %s is told in a line, with its cause', async (_, error, asked, message) => {
  const told = await withTroubleTold(asked, () => Promise.reject(error)).catch((each) => each);
  expect(told).toBeInstanceOf(CommandError);
  expect(told).toMatchObject({ cause: error, message: expect.stringMatching(message) });
});

test('a defect stays one, and a result too', async () => {
  const defect = new TypeError('no function');
  await expect(withTroubleTold(GET, () => Promise.reject(defect))).rejects.toBe(defect);
  expect(await withTroubleTold(GET, () => Promise.resolve(7))).toBe(7);
});
