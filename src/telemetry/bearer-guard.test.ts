import type { IncomingMessage } from 'node:http';
import { expect, test } from 'vitest';
import { recordedLog } from '../testing/recorded-log.ts';
import { bearerGuard } from './bearer-guard.ts';
import { plainText } from './http-endpoint.ts';
import { type Access, TokenAccess, TooManyReviews } from './token-access.ts';

/** A guard before a route that answers 200; what was reviewed, and what was logged. */
function guarded(review: (token: string) => Access) {
  const reviewed: string[] = [];
  const { log, lines } = recordedLog();
  // A minute goes by between two requests, so that each is reviewed.
  let now = 0;
  const access = new TokenAccess(
    async (token) => {
      reviewed.push(token);
      return review(token);
    },
    () => (now += 60_000),
  );
  const guard = bearerGuard(() => plainText(200, 'read'), access, log);
  const ask = (authorization?: string) => guard({ headers: { authorization } } as IncomingMessage);
  return { ask, reviewed, lines };
}

test.each([
  ['none', undefined],
  ['an empty one', ''],
  ['a scheme without a token', 'Bearer'],
  ['a scheme and blanks', 'Bearer  '],
  ['another scheme', 'Basic abc'],
  ['a scheme that ends so', 'XBearer abc'],
  ['no blank between', 'Bearerabc'],
  ['a tab between', 'Bearer\tabc'],
  ['two tokens', 'Bearer abc def'],
  ['a sign that no token has', 'Bearer a,c'],
  ['padding alone', 'Bearer =='],
  ['padding within', 'Bearer a=c'],
  ['a line end behind', 'Bearer abc\n'],
])('%s as authorization is refused with 401, and nobody is asked about it', async (_what, sent) => {
  const { ask, reviewed } = guarded(() => 'allowed');
  const { status, headers } = await ask(sent);
  expect(status).toBe(401);
  expect(headers).toMatchObject({ 'www-authenticate': 'Bearer', connection: 'close' });
  expect(reviewed).toEqual([]);
});

test.each([
  ['Bearer abc', 'abc'],
  ['bearer abc', 'abc'],
  ['BEARER   abc', 'abc'],
  ['Bearer A-z_0.9~+/==', 'A-z_0.9~+/=='],
])('the token of "%s" is reviewed as it is', async (sent, token) => {
  const { ask, reviewed } = guarded(() => 'allowed');
  expect((await ask(sent)).status).toBe(200);
  expect(reviewed).toEqual([token]);
});

test.each<[Access, number, string | undefined]>([
  ['allowed', 200, undefined],
  ['forbidden', 403, undefined],
  ['unauthenticated', 401, 'Bearer'],
])('who is %s is answered with %d', async (access, status, scheme) => {
  const { ask, lines } = guarded(() => access);
  const answer = await ask('Bearer abc');
  expect(answer.status).toBe(status);
  expect(answer.headers?.['www-authenticate']).toBe(scheme);
  expect(lines).toEqual([]);
});

test('what cannot be found out is 500, and told once until it is another matter or is mended', async () => {
  let failure: Error | undefined = new Error('may not review');
  const { ask, lines } = guarded(() => {
    if (failure) throw failure;
    return 'forbidden';
  });
  expect((await ask('Bearer a')).status).toBe(500);
  expect((await ask('Bearer a')).status).toBe(500);
  expect(lines).toHaveLength(1);
  expect(lines[0]?.line).toBe('warn: Could not find out who may read the metrics');
  expect(lines[0]?.error).toContain('may not review');
  expect(lines[0]?.needed).toContain('portlock-metrics-auth');
  failure = new Error('away');
  await ask('Bearer a');
  expect(lines.map(({ error }) => error)).toEqual([
    expect.stringContaining('may not review'),
    expect.stringContaining('away'),
  ]);
  failure = undefined;
  expect((await ask('Bearer a')).status).toBe(403);
  failure = new Error('away');
  await ask('Bearer a');
  expect(lines).toHaveLength(3);
});

test('where too many tokens are reviewed, a second is waited for, and nothing is logged', async () => {
  const { ask, lines } = guarded(() => {
    throw new TooManyReviews();
  });
  const { status, headers } = await ask('Bearer a');
  expect(status).toBe(503);
  expect(headers).toMatchObject({ 'retry-after': '1', connection: 'close' });
  expect(lines).toEqual([]);
});
