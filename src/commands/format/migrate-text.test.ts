import { describe, expect, test } from 'vitest';
import { policy, workload } from '../../testing/builders.ts';
import type { Comparison, Migration, Outcome } from '../migrate/migration.ts';
import { migrateDocument } from './migrate-document.ts';
import { migrateText } from './migrate-text.ts';

const ONE = { 'portlock.dev/allow-from': 'same-namespace' };
const TWO = { ...ONE, 'portlock.dev/closed-ports': '80' };

const outcome = (fields: Partial<Outcome> = {}): Outcome => ({
  asIs: 'wider',
  annotations: ONE,
  annotated: 'same',
  changes: [],
  ...fields,
});
const migration = (fields: Partial<Outcome> = {}): Migration => ({
  found: { value: workload(), manifest: { file: 'a.yaml', line: 7 } } as Migration['found'],
  policies: [policy('old', { podSelector: { matchLabels: { app: 'web' } } }), policy('older')],
  outcome: outcome(fields),
});
const UNKNOWN: Migration = { ...migration(), outcome: undefined };
/** Nothing is isolated besides. */
const NONE = new Map();
const lines = (...migrations: Migration[]) => migrateText(migrations, NONE).split('\n');

describe('in words', () => {
  test('each workload stands with what isolates it, and the steps at the end', () => {
    expect(lines(migration())).toEqual([
      'Deployment shop/web (a.yaml:7), isolated by old, older: wider as it is',
      '  portlock.dev/allow-from: "same-namespace"',
      '  the same with this',
      '',
      'In this order:',
      '  1. Deployment shop/web: annotate portlock.dev/allow-from: "same-namespace"; label portlock.dev/mode: enforce',
      '  2. wait until NetworkPolicy shop/web-portlock is there, or commit what portlock render makes',
      '  3. delete NetworkPolicy shop/old',
      expect.stringMatching(/^ {2}4\. .*shop\/older/),
      '',
    ]);
  });

  test.each<[annotated: Comparison, annotations: Outcome['annotations'], said: string]>([
    ['same', TWO, '  the same with these'],
    ['wider', ONE, '  wider, still, with this'],
    ['narrower', TWO, '  narrower, still, with these'],
    ['different', ONE, '  different, still, with this'],
  ])('what is %s with %j', (annotated, annotations, said) => {
    expect(lines(migration({ annotated, annotations }))).toContain(said);
  });

  test('what would still be another is told by port', () => {
    const changes = [
      { protocol: 'TCP', first: 80, last: 80, before: [], after: 'everybody' } as const,
    ];
    expect(lines(migration({ annotated: 'wider', changes }))).toContain(
      '  + 80/TCP: open to everybody',
    );
  });

  test('what nobody can tell is not claimed', () => {
    expect(lines(UNKNOWN).slice(0, 3)).toEqual([
      'Deployment shop/web (a.yaml:7), isolated by old, older: cannot be told, as policies of other kinds have a say',
      '',
      'In this order:',
    ]);
  });

  test('nothing to migrate is nothing', () => {
    expect(migrateText([], NONE)).toBe('');
  });

  test('nothing that a terminal acts on is shown', () => {
    const manifest = { file: '\u001b[2J', line: 1 };
    const found = { value: workload(), manifest } as Migration['found'];
    expect(lines({ ...migration(), found })[0]).toContain('(\\x1b[2J:1)');
  });
});

describe('as a document', () => {
  test('every field is there, whatever is known', () => {
    const { workloads, ...rest } = migrateDocument([migration(), UNKNOWN], NONE) as {
      workloads: object[];
      steps: string[];
    };
    expect(workloads).toEqual([
      {
        kind: 'Deployment',
        namespace: 'shop',
        name: 'web',
        file: 'a.yaml',
        line: 7,
        policies: ['old', 'older'],
        asIs: 'Wider',
        annotations: ONE,
        annotated: 'Same',
        ports: [],
      },
      expect.objectContaining({ asIs: null, annotations: null, annotated: null, ports: null }),
    ]);
    expect(rest).toEqual({
      apiVersion: 'portlock.dev/v1alpha1',
      kind: 'MigrateResult',
      steps: expect.arrayContaining([expect.stringContaining('annotate')]),
    });
  });

  test.each<[Comparison, string]>([
    ['same', 'Same'],
    ['wider', 'Wider'],
    ['narrower', 'Narrower'],
    ['different', 'Different'],
  ])('%s is %s', (comparison, word) => {
    const document = migrateDocument(
      [migration({ asIs: comparison, annotated: comparison })],
      NONE,
    );
    expect(document).toMatchObject({ workloads: [{ asIs: word, annotated: word }] });
  });
});
