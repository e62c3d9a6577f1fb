import { describe, expect, test } from 'vitest';
import { type Access, TokenAccess, TooManyReviews } from './token-access.ts';

/** Reviews that a test answers by hand or at once, and a clock that it sets. */
function reviewed(answer: (token: string) => Promise<Access> | Access) {
  const asked: string[] = [];
  const clock = { now: 0 };
  const access = new TokenAccess(
    async (token) => {
      asked.push(token);
      return await answer(token);
    },
    () => clock.now,
  );
  return { asked, clock, access };
}

describe('what a token may do', () => {
  test.each<[Access, number]>([
    ['allowed', 60_000],
    ['forbidden', 10_000],
    ['unauthenticated', 10_000],
  ])('is remembered where it is %s, for %i ms', async (answer, lifetime) => {
    const { asked, clock, access } = reviewed(() => answer);
    expect(await access.of('a')).toBe(answer);
    clock.now = lifetime - 1;
    expect(await access.of('a')).toBe(answer);
    expect(asked).toEqual(['a']);
    clock.now = lifetime;
    await access.of('a');
    expect(asked).toEqual(['a', 'a']);
  });

  test('is asked again where there was no answer', async () => {
    const answers = [Promise.reject(new Error('away')), Promise.resolve<Access>('allowed')];
    const { access } = reviewed(async () => (await answers.shift()) ?? 'forbidden');
    await expect(access.of('a')).rejects.toThrow('away');
    expect(await access.of('a')).toBe('allowed');
  });

  test('is asked once by those who come together, and few tokens are asked for at a time', async () => {
    const { promise, resolve } = Promise.withResolvers<Access>();
    const { asked, access } = reviewed(() => promise);
    const waiting = ['a', 'b', 'c', 'd', 'a'].map((token) => access.of(token));
    await expect(access.of('e')).rejects.toThrow(TooManyReviews);
    resolve('allowed');
    expect(await Promise.all(waiting)).toEqual(Array(5).fill('allowed'));
    expect(asked).toEqual(['a', 'b', 'c', 'd']);
    expect(await access.of('e')).toBe('allowed');
  });

  test('is kept of few tokens, the oldest going first, and made-up ones never drive out one that may', async () => {
    const { asked, access } = reviewed((token) =>
      token.startsWith('made up') ? 'unauthenticated' : 'allowed',
    );
    await access.of('good');
    for (let index = 0; index <= 128; index += 1) await access.of(`made up ${index}`);
    await access.of('good');
    await access.of('made up 128');
    expect(asked).toHaveLength(130);
    await access.of('made up 0');
    expect(asked).toHaveLength(131);
  });
});
