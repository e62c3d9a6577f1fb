import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { visible } from '../domain/text/visible-text.ts';
import { NO_CLUSTER, OBJECTS_ALONE } from '../testing/command-flags.ts';
import { saidBy } from '../testing/command-streams.ts';
import { runs } from '../testing/property-runs.ts';
import { runAudit } from './audit.ts';
import { runRender } from './render.ts';

const CASES = path.join(import.meta.dirname, 'testdata/manifests');
const texts = readdirSync(CASES, { recursive: true, encoding: 'utf8' })
  .filter((file) => /\/input\/[^.].*\.ya?ml$/i.test(file))
  .map((file) => readFileSync(path.join(CASES, file), 'utf8'));

const HOSTILE = [
  '\t',
  '{',
  '[',
  '- ',
  ': ',
  '&a ',
  '*a',
  '!!x ',
  '|\n',
  '"',
  "'",
  '---\n',
  '\u001b[2J',
];
const OTHERWISE = [
  'null',
  '7',
  '[]',
  '{}',
  '"\\u001b"',
  '[null]',
  '{a: {}}',
  'yes',
  '1e999',
  '.nan',
];

/** A manifest in which something is put in, left out, or has another value. */
const damaged = fc
  .tuple(
    fc.constantFrom(...texts),
    fc.array(fc.tuple(fc.nat(), fc.nat(), fc.nat(3)), { maxLength: 4 }),
  )
  .map(([text, damages]) => damages.reduce(damage, text));

function damage(text: string, [where, what, how]: [number, number, number]): string {
  const at = where % (text.length + 1);
  const lines = text.split('\n');
  const line = where % lines.length;
  switch (how) {
    case 0:
      return text.slice(0, at) + HOSTILE[what % HOSTILE.length] + text.slice(at);
    case 1:
      return text.slice(0, at) + text.slice(at + (what % 20));
    case 2:
      return lines.toSpliced(line, 1).join('\n');
    default:
      return lines
        .with(line, (lines[line] ?? '').replace(/:.*/, `: ${OTHERWISE[what % OTHERWISE.length]}`))
        .join('\n');
  }
}

const FLAGS = {
  paths: ['-'],
  namespace: 'default',
  operatorNamespace: 'portlock-system',
  widening: 'explicit',
  quiet: true,
} as const;

test('damaged manifests never end a command by a mistake of its own, nor do anything to a terminal', async () => {
  await fc.assert(
    fc.asyncProperty(damaged, async (text) => {
      const rendered = await saidBy(
        (streams) => runRender({ ...FLAGS, all: true, outDir: undefined, check: false }, streams),
        text,
      );
      const audited = await saidBy(
        (streams) =>
          runAudit(
            {
              ...FLAGS,
              ...NO_CLUSTER,
              ...OBJECTS_ALONE,
              allNamespaces: false,
              output: 'table',
              color: false,
            },
            streams,
            new AbortController().signal,
          ),
        text,
      );
      for (const { stdout, stderr, exitCode } of [rendered, audited]) {
        expect([0, 1, 2]).toContain(exitCode);
        for (const line of `${stdout}${stderr}`.split('\n')) expect(visible(line)).toBe(line);
      }
    }),
    runs(20),
  );
});
