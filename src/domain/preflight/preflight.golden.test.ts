import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parse, parseAllDocuments, stringify } from 'yaml';
import { preflightOf, type Wire } from '../../testing/preflight-manifests.ts';
import { portKey } from '../ports.ts';
import type { Preflight } from './preflight.ts';

/**
 * Each folder holds manifests as a user writes them, whose first line says what they show, and what
 * pre-flight says of the Deployment. UPDATE_GOLDENS=1 writes the latter anew.
 */
const CASES = join(import.meta.dirname, '../testdata/preflight');

describe.each(readdirSync(CASES).sort())('%s', (name) => {
  const manifests = parseAllDocuments(
    readFileSync(join(CASES, name, 'manifests.yaml'), 'utf8'),
  ).map((document) => document.toJS() as Wire);
  const file = join(CASES, name, 'expected.yaml');

  test('is as expected', () => {
    const actual = said(preflightOf(manifests));
    if (process.env.UPDATE_GOLDENS) writeFileSync(file, stringify(actual, { lineWidth: 0 }));
    expect(actual).toEqual(parse(readFileSync(file, 'utf8')));
  });

  test('the order of the objects changes nothing', () => {
    const expected = preflightOf(manifests);
    const anyOrder = fc.shuffledSubarray(manifests, { minLength: manifests.length });
    fc.assert(
      fc.property(anyOrder, (shuffled) => {
        expect(preflightOf(shuffled)).toEqual(expected);
      }),
      { numRuns: 20 },
    );
  });
});

function said({ findings, unused }: Preflight) {
  return {
    findings,
    unused: unused.map(({ port, protocol }) => portKey(port, protocol)),
  };
}
