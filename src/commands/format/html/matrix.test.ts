import { describe, expect, test } from 'vitest';
import type { AuditedWorkload } from '../../../api/audit-result.ts';
import { auditedWorkload } from '../../../testing/audit-results.ts';
import { pictureOf, svgOf } from './matrix.ts';

type Fields = Partial<AuditedWorkload>;

const drawn = (fields: Fields) => svgOf(pictureOf(auditedWorkload(fields)));
const wordsOf = (fields: Fields) => /aria-label="([^"]*)"/.exec(drawn(fields))?.[1];
const texts = (svg: string) => [...svg.matchAll(/<text[^>]*>([^<]*)</g)].map(([, text]) => text);
const paths = (fields: Fields) =>
  Object.fromEntries(
    [...drawn(fields).matchAll(/<path class="([^"]*)" d="([^"]*)"/g)].map(([, name, d]) => [
      name,
      d,
    ]),
  );
const some = (
  ...ports: NonNullable<AuditedWorkload['allowed']['ports']>
): AuditedWorkload['allowed'] => ({
  verdict: 'Some',
  ports,
});
const EIGHTY = { first: 80, last: 80, protocol: 'TCP' } as const;
const declared = (...ports: number[]): AuditedWorkload['declared'] =>
  ports.map((port) => ({ port, protocol: 'TCP', containers: [] }));

describe('a picture in words', () => {
  test.each<[what: string, fields: Fields, words: string]>([
    [
      'yes, no and nothing known',
      { declared: declared(80), allowed: some(), reachable: [] },
      '80/TCP declared, not allowed, not reachable',
    ],
    [
      'some',
      { declared: declared(80), allowed: some({ ...EIGHTY, to: 'Some' }) },
      '80/TCP declared, allowed to some',
    ],
    [
      'several ports',
      { declared: declared(80, 81), allowed: { verdict: 'Unknown', ports: null }, listening: [] },
      '80/TCP declared, not listening; 81/TCP declared, not listening; all others not declared',
    ],
    ['nothing', { declared: [], allowed: some() }, 'no port declared or allowed'],
  ])('%s', (_what, fields, words) => {
    expect(wordsOf(fields)).toBe(words);
  });

  test('is one for whoever reads the page aloud', () => {
    expect(drawn({})).toMatch(/^<svg viewBox="0 0 350 40" role="img" aria-label="[^"]+">/);
  });
});

describe('a mark', () => {
  const only = (fields: Fields) =>
    paths({ declared: [], allowed: some({ ...EIGHTY, to: 'Everybody' }), ...fields });

  test('yes is a disc, no a dot, each in its column of its row', () => {
    expect(
      paths({ declared: declared(80), allowed: some(), reachable: [], listening: [] }),
    ).toEqual({ closed: 'M130 9h0', 'closed no': 'M195 9h0M260 9h0M325 9h0' });
  });

  test('some is a ring that is half full', () => {
    const marks = only({ allowed: some({ ...EIGHTY, to: 'Some' }) });
    expect(marks['bad ring']).toBe('M195 3.5a5.5 5.5 0 1 1-.01 0z');
    expect(marks['bad half']).toBe('M195 3.5a5.5 5.5 0 0 0 0 11z');
  });

  test('of the second row stands below that of the first', () => {
    expect(paths({ declared: declared(80, 81), allowed: some() }).closed).toBe('M130 9h0M130 27h0');
  });

  test('that is unknown is a sign before the label, under its column', () => {
    const svg = drawn({ declared: declared(80), allowed: { verdict: 'Unknown', ports: null } });
    expect(svg).toContain('<text x="192 257 322 0" y="13">???80/TCP</text>');
  });

  test('leaves the label alone where all is known', () => {
    const fields = { declared: declared(80), allowed: some(), reachable: [], listening: [] };
    expect(drawn(fields)).toContain('<text y="13">80/TCP</text>');
  });
});

describe('the colour of a row is that of', () => {
  const styles = (fields: Fields) => [
    ...new Set(Object.keys(paths({ declared: [], ...fields })).map((each) => each.split(' ')[0])),
  ];

  test.each<[style: string, what: string, fields: Fields]>([
    [
      'good',
      'what is declared and open',
      { declared: declared(80), allowed: some({ ...EIGHTY, to: 'Everybody' }) },
    ],
    [
      'good',
      'what is declared and open to some',
      { declared: declared(80), allowed: some({ ...EIGHTY, to: 'Some' }) },
    ],
    ['closed', 'what is declared and closed', { declared: declared(80), allowed: some() }],
    ['bad', 'what is open and not declared', { allowed: some({ ...EIGHTY, to: 'Everybody' }) }],
    ['bad', 'what is open to some and not declared', { allowed: some({ ...EIGHTY, to: 'Some' }) }],
    [
      'bad',
      'what was reached and not declared',
      { allowed: some(), reachable: [{ port: 80, protocol: 'TCP' }] },
    ],
    [
      'plain',
      'what listens behind a policy',
      {
        allowed: some(),
        reachable: [],
        listening: [{ port: 80, protocol: 'TCP', container: null, process: null, image: null }],
      },
    ],
  ])('%s: %s', (style, _what, fields) => {
    expect(styles(fields)).toEqual([style]);
  });
});

describe('of many ports', () => {
  const ports = (count: number) =>
    declared(...Array.from({ length: count }, (_, index) => index + 1));

  test('twenty are drawn, and the rest is counted', () => {
    const svg = drawn({ declared: ports(25), allowed: some() });
    expect(texts(svg)).toHaveLength(21);
    expect(texts(svg).at(-2)).toContain('20/TCP');
    expect(texts(svg).at(-1)).toBe('and 5 more');
    expect(svg).toContain('viewBox="0 0 350 382"');
    expect(svg).not.toContain('21/TCP');
  });

  test('twenty are just drawn', () => {
    const svg = drawn({ declared: ports(20), allowed: some() });
    expect(texts(svg)).toHaveLength(20);
    expect(svg).toContain('viewBox="0 0 350 364"');
  });

  test('none says so', () => {
    const svg = drawn({ declared: [], allowed: some() });
    expect(texts(svg)).toEqual(['no port declared or allowed']);
    expect(svg).toContain('viewBox="0 0 350 22"');
  });
});
