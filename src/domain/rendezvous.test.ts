import fc from 'fast-check';
import { expect, test } from 'vitest';
import { runs } from '../testing/property-runs.ts';
import { type Member, ranked, vantages } from './rendezvous.ts';

const KEYS = Array.from({ length: 1000 }, (_, index) => `Deployment/shop/web-${index}`);
const members = fc.uniqueArray(fc.stringMatching(/^[a-z]{1,8}$/), { minLength: 2, maxLength: 8 });

test('the order of the members changes nothing', () => {
  fc.assert(
    fc.property(members, fc.string(), (list, key) => {
      expect(ranked(key, list.toReversed())[0]).toBe(ranked(key, list)[0]);
    }),
    runs(40),
  );
});

test('when a member goes, only its own keys move', () => {
  fc.assert(
    fc.property(members, ([gone = '', ...others]) => {
      const keys = KEYS.slice(0, 50);
      const before = (key: string) => ranked(key, [gone, ...others])[0];
      const stay = keys.filter((key) => before(key) !== gone);
      expect(stay.map((key) => ranked(key, others)[0])).toEqual(stay.map(before));
    }),
    runs(40),
  );
});

test('every member gets its share', () => {
  const three = ['portlock-a', 'portlock-b', 'portlock-c'];
  const shares = Map.groupBy(KEYS, (key) => ranked(key, three)[0]);
  for (const member of three) expect(shares.get(member)?.length).toBeGreaterThan(250);
});

test('without members nobody has a turn', () => {
  expect(ranked('key', [])[0]).toBeUndefined();
});

test('the order begins with whose turn it is, and when a member goes that of the others stays', () => {
  fc.assert(
    fc.property(members, fc.string(), ([gone = '', ...others], key) => {
      const order = ranked(key, [gone, ...others]);
      expect(order[0]).toBe(ranked(key, [gone, ...others])[0]);
      expect(ranked(key, others)).toEqual(order.filter((member) => member !== gone));
    }),
    runs(40),
  );
});

const onNodes = fc.uniqueArray(
  fc.record({
    name: fc.stringMatching(/^[a-z]{1,8}$/),
    node: fc.constantFrom('', 'node-1', 'node-2', 'node-3'),
  }),
  { selector: ({ name }) => name, maxLength: 8 },
);
const namesOf = (list: readonly Member[]) => list.map(({ name }) => name);

test('the second vantage is the next in the order on another node that is known', () => {
  fc.assert(
    fc.property(onNodes, fc.string(), (list, key) => {
      const nodeOf = (name: string | undefined) =>
        list.find((member) => member.name === name)?.node ?? '';
      const order = ranked(key, namesOf(list));
      const home = nodeOf(order[0]);
      const elsewhere = order.filter((name) => !['', home].includes(nodeOf(name)));
      expect(vantages(key, list).second).toBe(home === '' ? undefined : elsewhere[0]);
      expect(vantages(key, list.toReversed()).second).toBe(vantages(key, list).second);
    }),
    runs(40),
  );
});

test('replicas on one node have no second vantage, and neither has a single one', () => {
  const one = { name: 'portlock-a', node: 'node-1' };
  expect(vantages('key', []).second).toBeUndefined();
  expect(vantages('key', [one]).second).toBeUndefined();
  expect(vantages('key', [one, { ...one, name: 'portlock-b' }]).second).toBeUndefined();
});
