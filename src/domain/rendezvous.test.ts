import fc from 'fast-check';
import { expect, test } from 'vitest';
import { rendezvous } from './rendezvous.ts';

const KEYS = Array.from({ length: 1000 }, (_, index) => `Deployment/shop/web-${index}`);
const members = fc.uniqueArray(fc.stringMatching(/^[a-z]{1,8}$/), { minLength: 2, maxLength: 8 });

test('the order of the members changes nothing', () => {
  fc.assert(
    fc.property(members, fc.string(), (list, key) => {
      expect(rendezvous(key, list.toReversed())).toBe(rendezvous(key, list));
    }),
  );
});

test('when a member goes, only its own keys move', () => {
  fc.assert(
    fc.property(members, ([gone = '', ...others]) => {
      for (const key of KEYS.slice(0, 50)) {
        const before = rendezvous(key, [gone, ...others]);
        if (before !== gone) expect(rendezvous(key, others)).toBe(before);
      }
    }),
  );
});

test('every member gets its share', () => {
  const three = ['portlock-a', 'portlock-b', 'portlock-c'];
  const shares = Map.groupBy(KEYS, (key) => rendezvous(key, three));
  for (const member of three) expect(shares.get(member)?.length).toBeGreaterThan(250);
});

test('without members nobody has a turn', () => {
  expect(rendezvous('key', [])).toBeUndefined();
});
