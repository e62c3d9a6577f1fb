import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { LabelSelector } from '../../api/kubernetes.ts';
import { runs } from '../../testing/property-runs.ts';
import { selectorMatches } from '../match/label-selector.ts';
import { holdsNothing, regionMatch, regionOfLabels, regionOfSelector } from './label-region.ts';

/** All label sets of two keys with two values that selectors name and one that they do not. */
const VALUES = [undefined, '1', '2', 'other'];
const LABEL_SETS = VALUES.flatMap((a) =>
  VALUES.map((b) => ({ ...(a && { a }), ...(b && { b }) }) as Record<string, string>),
);

const key = fc.constantFrom('a', 'b');
const selector: fc.Arbitrary<LabelSelector> = fc.record(
  {
    matchLabels: fc.dictionary(key, fc.constantFrom('1', '2')),
    matchExpressions: fc.array(
      fc.record({
        key,
        operator: fc.constantFrom('In', 'NotIn', 'Exists', 'DoesNotExist', 'Like'),
        values: fc.subarray(['1', '2']),
      }),
      { maxLength: 2 },
    ),
  },
  { requiredKeys: [] },
);

test('a selector holds all of a region, nothing, or a part, as a listing of it shows', () => {
  fc.assert(
    fc.property(selector, selector, (asked, held) => {
      const region = LABEL_SETS.filter((labels) => selectorMatches(held, labels));
      const matching = region.filter((labels) => selectorMatches(asked, labels));
      const match = regionMatch(asked, regionOfSelector(held));
      expect(holdsNothing(held)).toBe(region.length === 0);
      if (region.length === 0) return;
      const listed = matching.length === region.length ? 'Yes' : matching.length ? 'Unknown' : 'No';
      expect(match).toBe(listed);
    }),
    runs(400),
  );
});

test('one label set is matched as by the selector', () => {
  fc.assert(
    fc.property(selector, fc.constantFrom(...LABEL_SETS), (asked, labels) => {
      const matches = selectorMatches(asked, labels) ? 'Yes' : 'No';
      expect(regionMatch(asked, regionOfLabels(labels))).toBe(matches);
    }),
  );
});
