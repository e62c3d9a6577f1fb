import { describe, expect, test } from 'vitest';
import {
  ApiError,
  ApiUnreachableError,
  apiErrorFrom,
  isNamespaceTerminating,
  isNotFound,
  NotLeaderError,
  oneLine,
} from './errors.ts';

const call = { method: 'GET', path: '/api/v1/pods' };

/** What StatusReason in meta/v1 of k8s.io/apimachinery says of each code; the first is the usual one. */
const REASONS: [code: number, ...reasons: string[]][] = [
  [400, 'BadRequest'],
  [401, 'Unauthorized'],
  [403, 'Forbidden'],
  [404, 'NotFound'],
  [405, 'MethodNotAllowed'],
  [406, 'NotAcceptable'],
  [409, 'Conflict', 'AlreadyExists'],
  [410, 'Gone', 'Expired'],
  [413, 'RequestEntityTooLarge'],
  [415, 'UnsupportedMediaType'],
  [422, 'Invalid'],
  [429, 'TooManyRequests'],
  [500, 'InternalError', 'ServerTimeout', 'StoreReadError'],
  [503, 'ServiceUnavailable'],
  [504, 'Timeout'],
];

test.each(REASONS)('of %i the server may say why; otherwise it is %s', (code, usual, ...others) => {
  for (const reason of [usual, ...others])
    for (const each of [code, 418])
      expect(apiErrorFrom(call, { code: each, body: { reason } })).toMatchObject({
        status: each,
        reason,
      });
  const silent = apiErrorFrom(call, { code, body: undefined });
  expect(silent).toMatchObject({ status: code, reason: usual, causes: [] });
  expect(silent.message).toBe(`the API server answered ${code}`);
});

test.each([
  ['a proxy that reaches no server', 502, undefined, 'BadGateway'],
  ['a code that the API has not', 418, undefined, 'UnexpectedStatus'],
  ['what the server says before its code', 418, 'Conflict', 'Conflict'],
  ['no reason that is not of the API: it would be a label of a metric', 409, 'x7f3', 'Conflict'],
])('the reason is that of %s', (_what, code, said, reason) => {
  expect(apiErrorFrom(call, { code, body: { reason: said } }).reason).toBe(reason);
});

test.each([null, 7, 'page', [], {}, { code: '404', reason: 7, message: {} }])(
  'an answer of %j still is an error with the code of HTTP',
  (body) => {
    const error = apiErrorFrom(call, { code: 503, body });
    expect(error).toMatchObject({ status: 503, reason: 'ServiceUnavailable' });
  },
);

describe('how long to wait', () => {
  test.each<[unknown, number | undefined]>([
    [0, 0],
    [30, 30],
    [-5, 0],
    [1e9, 600],
    ['30', undefined],
    [null, undefined],
  ])('is %j in the details: %s', (retryAfterSeconds, expected) => {
    const error = apiErrorFrom(call, { code: 429, body: { details: { retryAfterSeconds } } });
    expect(error.retryAfterSeconds).toBe(expected);
  });

  test('is what the header says before what the details do', () => {
    const body = { details: { retryAfterSeconds: 3 } };
    const { retryAfterSeconds } = apiErrorFrom(call, { code: 429, body, retryAfterHeader: '9' });
    expect(retryAfterSeconds).toBe(9);
  });

  test.each(['x9', '9x', '-9', '9.'])('is not told by a header of %j', (retryAfterHeader) => {
    const body = { details: { retryAfterSeconds: 3 } };
    const { retryAfterSeconds } = apiErrorFrom(call, { code: 429, body, retryAfterHeader });
    // V8 reads some of these as dates of the past, which is no wait at all.
    expect([0, 3]).toContain(retryAfterSeconds);
  });
});

test('causes are those that have a reason', () => {
  const causes = [{ reason: 'NamespaceTerminating' }, { reason: 7 }, null, 'text', {}];
  const error = apiErrorFrom(call, { code: 403, body: { details: { causes } } });
  expect(error.causes).toEqual(['NamespaceTerminating']);
  expect(isNamespaceTerminating(error)).toBe(true);
});

test.each<unknown>(['NamespaceTerminating', { reason: 'NamespaceTerminating' }, null, []])(
  'causes of %j are none',
  (causes) => {
    const error = apiErrorFrom(call, { code: 403, body: { details: { causes } } });
    expect(isNamespaceTerminating(error)).toBe(false);
  },
);

test('only an answer of the API server says that something is not there', () => {
  const unreachable = new ApiUnreachableError(call, 'ApiServerTimeout', 'm', new Error('c'));
  expect(isNotFound(Object.assign(new Error('m'), { status: 404 }))).toBe(false);
  expect(isNotFound(unreachable)).toBe(false);
  expect(isNotFound(undefined)).toBe(false);
  const lookalike = Object.assign(new Error('m'), { causes: ['NamespaceTerminating'] });
  expect(isNamespaceTerminating(lookalike)).toBe(false);
});

test('errors say which call, and why', () => {
  const cause = new Error('c');
  const unreachable = new ApiUnreachableError(call, 'ApiServerTimeout', 'm', cause);
  expect(unreachable).toMatchObject({ ...call, reason: 'ApiServerTimeout', message: 'm', cause });
  expect(unreachable.name).toBe('ApiUnreachableError');
  const refusal = new NotLeaderError('m');
  expect([refusal.name, refusal.reason]).toEqual(['NotLeaderError', 'NotLeader']);
  const answer = { status: 500, reason: 'InternalError', message: 'm' };
  expect(new ApiError(call, answer)).toMatchObject({ ...call, ...answer, causes: [] });
});

test.each([
  ['a\n\t b', 'a b'],
  ['  a  ', 'a'],
  ['x'.repeat(1_000), 'x'.repeat(1_000)],
  ['x'.repeat(1_001), `${'x'.repeat(999)}…`],
])('one line of %j', (text, line) => {
  expect(oneLine(text)).toBe(line);
});
