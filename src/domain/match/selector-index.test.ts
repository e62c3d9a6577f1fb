import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { runs } from '../../testing/property-runs.ts';
import { selectorMatches } from './label-selector.ts';
import { SelectorIndex } from './selector-index.ts';

describe('an index of selectors', () => {
  it('finds by all labels that are asked for, and by none where none is', () => {
    const index = new SelectorIndex();
    index.add('both', 'shop', { matchLabels: { app: 'web', tier: 'front' } });
    index.add('app', 'shop', { matchLabels: { app: 'web' } });
    index.add('other', 'shop', { matchLabels: { app: 'db' } });
    index.add('all', 'shop', {});
    index.add('expression', 'shop', { matchExpressions: [{ key: 'app', operator: 'Exists' }] });
    index.add('elsewhere', 'evil', { matchLabels: { app: 'web' } });
    expect([...index.candidates('shop', { app: 'web', tier: 'front' })].sort()).toEqual([
      'all',
      'app',
      'both',
      'expression',
    ]);
    expect([...index.candidates('shop', { app: 'db' })].sort()).toEqual([
      'all',
      'expression',
      'other',
    ]);
    expect([...index.candidates('none', { app: 'web' })]).toEqual([]);
  });

  it('takes no label of every object for one that was set', () => {
    const index = new SelectorIndex();
    index.add('odd', 'shop', { matchLabels: { constructor: 'x' } });
    expect([...index.candidates('shop', {})]).toEqual([]);
  });

  it('forgets', () => {
    const index = new SelectorIndex();
    const selector = { matchLabels: { app: 'web' } };
    index.add('one', 'shop', selector);
    index.add('two', 'shop', selector);
    index.remove('one', 'shop', selector);
    index.remove('never', 'shop', selector);
    expect([...index.candidates('shop', { app: 'web' })]).toEqual(['two']);
    index.remove('two', 'shop', selector);
    expect([...index.candidates('shop', { app: 'web' })]).toEqual([]);
  });
});

const labels = fc.dictionary(fc.constantFrom('a', 'b', 'c'), fc.constantFrom('1', '2'), {
  maxKeys: 3,
});

it('finds every selector that matches, however many were added and taken out', () => {
  const added = fc.array(fc.record({ matchLabels: labels, isGone: fc.boolean() }), {
    maxLength: 20,
  });
  fc.assert(
    fc.property(added, labels, (selectors, pod) => {
      const index = new SelectorIndex();
      for (const [key, each] of selectors.entries()) index.add(`${key}`, 'shop', each);
      for (const [key, each] of selectors.entries())
        if (each.isGone) index.remove(`${key}`, 'shop', each);
      const matching = [...selectors.entries()]
        .filter(([, each]) => !each.isGone && selectorMatches(each, pod))
        .map(([key]) => `${key}`);
      expect([...index.candidates('shop', pod)].sort()).toEqual(matching.sort());
    }),
  );
});

it('finds every selector beyond given labels, and no other', () => {
  const selectors = fc.array(labels, { maxLength: 20 });
  fc.assert(
    fc.property(selectors, labels, labels, (all, asked, given) => {
      const index = new SelectorIndex();
      for (const [key, matchLabels] of all.entries()) index.add(`${key}`, 'shop', { matchLabels });
      const found = [...index.beyond('shop', asked, { ...given, ...asked })].sort();
      const expected = all.flatMap((each, key) => {
        const isAsked = Object.entries(asked).every(([label, value]) => each[label] === value);
        const isMore = Object.keys(each).some((label) => !(label in { ...given, ...asked }));
        const isOther = Object.entries({ ...given, ...asked }).some(
          ([label, value]) => label in each && each[label] !== value,
        );
        return isAsked && isMore && !isOther ? [`${key}`] : [];
      });
      expect(found).toEqual(expected.sort());
    }),
    runs(200),
  );
});
