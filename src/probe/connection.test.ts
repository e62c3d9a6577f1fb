import { expect, test } from 'vitest';
import { resultOfMade } from './connection.ts';

const local = { address: '10.0.0.1', port: 40_000 };

test.each([
  ['another port', { address: '10.0.0.1', port: 80 }, 'connected'],
  ['the same port of another address', { address: '10.0.0.2', port: 40_000 }, 'connected'],
  ['itself', { address: '10.0.0.1', port: 40_000 }, 'self-connection'],
  ['nobody', {}, 'no-peer'],
])('a connection made with %s', (_, remote, result) => {
  expect(resultOfMade(local, remote)).toBe(result);
});
