import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { goldenManifests } from '../../testing/golden-manifests.ts';
import { snapshotOf } from '../../testing/snapshot-manifests.ts';
import { decide } from '../decide.ts';
import { EVENT_REASONS } from './event-reasons.ts';

const CASES = join(import.meta.dirname, '../testdata/decide');

test('whatever is decided is told for a reason that is documented, with the type that is documented', () => {
  const told = readdirSync(CASES).flatMap((name) => {
    return decide(snapshotOf(goldenManifests(join(CASES, name)))).events.map(
      ({ reason, type }) => `${type} ${reason}`,
    );
  });
  const documented = Object.entries(EVENT_REASONS).map(([reason, { type }]) => `${type} ${reason}`);
  expect(told.length).toBeGreaterThan(50);
  expect([...new Set(told)].filter((each) => !documented.includes(each))).toEqual([]);
});
