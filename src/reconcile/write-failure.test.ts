import { expect, test } from 'vitest';
import { ApiError, NotLeaderError } from '../kube/errors.ts';
import { isToldOf } from './write-failure.ts';

const call = { method: 'PATCH', path: '/apis' };
const failure = (status: number) => new ApiError(call, { status, reason: 'r', message: 'm' });

test.each<[string, unknown, number]>([
  ['a failure', failure(403), 0],
  ['a conflict that goes on', failure(409), 6],
  ['a write of who does not lead, where that goes on', new NotLeaderError('no'), 6],
])('%s is told in the log once', (_what, error, told) => {
  const retries = Array.from({ length: 20 }, (_, each) => each);
  expect(retries.filter((each) => isToldOf(error, each))).toEqual([told]);
});
