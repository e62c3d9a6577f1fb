import { expect, test } from 'vitest';
import { ApiError, ApiUnreachableError } from './errors.ts';
import {
  assertNotBehind,
  RELIST_REASONS,
  relistReason,
  SilentWatchError,
  WentBackError,
} from './relist.ts';
import { MalformedLineError, TruncatedLineError } from './watch-lines.ts';

const call = { method: 'GET', path: '/api/v1/pods' };

function answered(status: number, reason: string, message = 'm'): ApiError {
  return new ApiError(call, { status, reason, message });
}

test.each([
  ['a line that is none', new MalformedLineError('m'), 'malformed_line'],
  ['a server that went back', new WentBackError('m'), 'went_back'],
  ['code 410 of any reason', answered(410, 'Gone'), 'expired'],
  ['Expired with any code', answered(400, 'Expired'), 'expired'],
  [
    'a version from the future',
    answered(504, 'Timeout', 'Too large resource version: 10, current: 5'),
    'went_back',
  ],
  ['the same in lower case', answered(504, 'Timeout', 'too large resource version'), 'went_back'],
])('everything is listed again after %s', (_, error, reason) => {
  expect(relistReason(error)).toBe(reason);
  expect(RELIST_REASONS).toContain(reason);
});

test.each([
  ['a stream that ends inside a line', new TruncatedLineError('m')],
  ['a silent watch', new SilentWatchError('m')],
  ['no answer', new ApiUnreachableError(call, 'ApiServerTimeout', 'too large resource version')],
  ['a failure of the server', answered(500, 'InternalError')],
  ['a refusal', answered(403, 'Forbidden')],
  ['a resource that is not there', answered(404, 'NotFound')],
  ['an error of another kind', new Error('too large resource version')],
  ['what is no error', undefined],
])('the watch is resumed after %s', (_, error) => {
  expect(relistReason(error)).toBeUndefined();
});

test('the reasons are the values of a metric, and a periodic list is one', () => {
  expect(RELIST_REASONS).toEqual(['periodic', 'expired', 'malformed_line', 'went_back']);
});

test('a server that is behind what was seen of it is told, with both versions', () => {
  expect(() => assertNotBehind('9', '10')).toThrow(WentBackError);
  expect(() => assertNotBehind('9', '10')).toThrow('resourceVersion 9 came after 10');
});

test.each([
  ['10', '10'],
  ['11', '10'],
  ['9', undefined],
  ['9', ''],
  ['', '10'],
  ['x', '10'],
])('a server at %j is not behind %j', (resourceVersion, seen) => {
  expect(() => assertNotBehind(resourceVersion, seen)).not.toThrow();
});

test('errors tell what they are by name and reason', () => {
  const wentBack = new WentBackError('m');
  expect([wentBack.name, wentBack.reason]).toEqual(['WentBackError', 'WentBack']);
  expect(new SilentWatchError('m').name).toBe('SilentWatchError');
});
