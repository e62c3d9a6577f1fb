import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { pod } from '../../testing/builders.ts';
import { sampled, shareToAsk } from './sample.ts';

const HOUR = 3_600_000;

describe('the share of the pods that rounds may ask', () => {
  test.each([
    { what: 'few pods', load: { pods: 100, rate: 300, interval: HOUR }, share: 1 },
    { what: 'no rate', load: { pods: 1e6, rate: 0, interval: HOUR }, share: 1 },
    { what: 'no pods', load: { pods: 0, rate: 1, interval: HOUR }, share: 1 },
  ])('is all with $what', ({ load, share }) => {
    expect(shareToAsk(load)).toBe(share);
  });

  test('falls as there are more of them, and what is asked stays the same', () => {
    const share = (pods: number) => shareToAsk({ pods, rate: 300, interval: HOUR });
    expect(share(10_000)).toBeLessThan(0.5);
    expect(share(20_000) * 20_000).toBeCloseTo(share(10_000) * 10_000);
  });
});

function podsOf(templates: readonly string[], nodes: number, each: number) {
  return templates.flatMap((templateHash) =>
    Array.from({ length: each }, (_, at) =>
      pod({ uid: `${templateHash}-${at}`, templateHash, node: `node-${at % nodes}` }),
    ),
  );
}

describe('a sample', () => {
  const pods = podsOf(['a', 'b'], 3, 9);
  const uids = (terms: Partial<Parameters<typeof sampled>[1]>) =>
    sampled(pods, { share: 1, always: [], turn: 0, ...terms }).map(({ uid }) => uid);

  test('of all is all, in the same order', () => {
    expect(uids({})).toEqual(pods.map(({ uid }) => uid));
  });

  test('has one pod of each template at least', () => {
    expect(uids({ share: 0.001 })).toEqual(['a-0', 'b-0']);
  });

  test('is from as many nodes as it has pods of a template', () => {
    const chosen = sampled(pods, { share: 1 / 3, always: [], turn: 1 });
    expect(new Set(chosen.map(({ node, templateHash }) => node + templateHash)).size).toBe(6);
  });

  test('has those that are asked in any case', () => {
    expect(uids({ share: 0.001, always: ['a-5', 'gone'] })).toEqual(['a-0', 'a-5', 'b-0']);
  });

  test('comes to every pod in turns', () => {
    const shape = { nodes: fc.integer({ min: 1, max: 5 }), each: fc.integer({ min: 1, max: 20 }) };
    fc.assert(
      fc.property(
        fc.record({ ...shape, share: fc.double({ min: 0.01, max: 1, noNaN: true }) }),
        ({ nodes, each, share }) => {
          const all = podsOf(['a'], nodes, each);
          const asked = new Set<string>();
          for (let turn = 0; turn < each; turn++)
            for (const { uid } of sampled(all, { share, always: [], turn })) asked.add(uid);
          expect(asked.size).toBe(each);
        },
      ),
    );
  });
});
