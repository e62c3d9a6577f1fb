import path from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { lintFiles } from './lint/lint-files.ts';

/** The rooms of the core, and which others each may import; `snapshot` and `plan` are files at the door. */
const ROOMS: Readonly<Record<string, readonly string[]>> = {
  text: [],
  match: [],
  workload: [],
  evaluate: ['evaluate/plugins', 'match', 'text', 'workload'],
  'evaluate/plugins': ['match'],
  preflight: ['match', 'workload'],
  probing: ['match', 'text', 'workload'],
  policy: ['evaluate', 'preflight', 'probing', 'snapshot', 'text', 'workload'],
  report: ['evaluate', 'match', 'policy', 'preflight', 'probing', 'snapshot', 'text', 'workload'],
  exposure: ['probing', 'report', 'workload'],
};
const DOOR = ['snapshot', 'plan', 'decide'];

/** An import from one room into each of the others, or from the door. */
const BETWEEN_ROOMS = Object.keys(ROOMS).flatMap((room) =>
  [...Object.keys(ROOMS), ...DOOR]
    .filter((other) => other !== room)
    .map((other) => {
      const file = `src/domain/${room}/x.ts`;
      const target = `src/domain/${DOOR.includes(other) ? `${other}.ts` : `${other}/y.ts`}`;
      const relative = path.relative(path.dirname(file), target);
      const specifier = relative.startsWith('.') ? relative : `./${relative}`;
      return { file, specifier, isAllowed: ROOMS[room]?.includes(other) };
    }),
);
const between = (isAllowed: boolean): [file: string, target: string][] =>
  BETWEEN_ROOMS.filter((each) => each.isAllowed === isAllowed).map((each) => [
    each.file,
    each.specifier,
  ]);

const FORBIDDEN: [file: string, target: string][] = [
  ...between(false),
  ['src/domain/match/x.ts', '../../kube/client.ts'],
  ['src/domain/evaluate/plugins/x.ts', 'node:fs'],
  ['src/domain/snapshot.ts', './policy/intent.ts'],
  ['src/domain/snapshot.ts', './report/report.ts'],
  ['src/domain/plan.ts', './decide.ts'],
  ['src/api/x.ts', '../domain/decide.ts'],
  ['src/api/x.ts', 'yaml'],
  ['src/domain/x.ts', '../kube/client.ts'],
  ['src/domain/x.ts', '../probe/prober.ts'],
  ['src/domain/x.ts', '../reconcile/act.ts'],
  ['src/domain/x.ts', '../testing/builders.ts'],
  ['src/domain/x.ts', 'node:fs'],
  ['src/domain/x.ts', 'undici'],
  ['src/kube/x.ts', '../probe/prober.ts'],
  ['src/kube/x.ts', '../reconcile/act.ts'],
  ['src/kube/x.ts', '../testing/until.ts'],
  ['src/probe/x.ts', '../kube/client.ts'],
  ['src/probe/x.ts', '../reconcile/act.ts'],
  ['src/telemetry/x.ts', '../reconcile/act.ts'],
  ['src/telemetry/x.ts', '../main.ts'],
  ['src/reconcile/x.ts', '../main.ts'],
  ['src/reconcile/x.ts', '../testing/until.ts'],
  ['src/reconcile/x.ts', 'node:net'],
  ['src/commands/x.ts', '../reconcile/act.ts'],
  ['src/commands/probe/x.ts', '../../reconcile/act.ts'],
  ['src/commands/x.ts', '../testing/until.ts'],
  ['src/commands/x.ts', '../cli.ts'],
  ['src/commands/x.ts', 'node:net'],
  ['src/commands/x.ts', 'undici'],
  ['src/main.ts', './testing/until.ts'],
];
const ALLOWED: [file: string, target: string][] = [
  ...between(true),
  ['src/domain/evaluate/plugins/x.ts', '../../../api/names.ts'],
  ['src/domain/match/x.ts', '../../api/names.ts'],
  ['src/api/x.ts', './names.ts'],
  ['src/domain/x.ts', '../api/names.ts'],
  ['src/domain/x.ts', 'node:crypto'],
  ['src/kube/x.ts', '../domain/decide.ts'],
  ['src/probe/x.ts', '../domain/reading.ts'],
  ['src/reconcile/x.ts', '../kube/client.ts'],
  ['src/reconcile/x.ts', '../probe/prober.ts'],
  ['src/commands/x.ts', '../kube/client.ts'],
  ['src/commands/x.ts', '../probe/prober.ts'],
  ['src/commands/probe/x.ts', '../../domain/reading.ts'],
  ['src/cli.ts', './commands/probe-command.ts'],
  ['src/cli.ts', './reconcile/operator.ts'],
];

/** Imports go downward only; the linter, with the project's own settings, has to notice every one that does not. */
describe('the layering rule', () => {
  let restricted: Set<string>;

  beforeAll(() => {
    const files = new Map<string, string>();
    [...FORBIDDEN, ...ALLOWED].forEach(([file, target], index) => {
      const place = numbered(file, index);
      files.set(place, `${files.get(place) ?? ''}export * from '${target}';\n`);
    });
    const found = lintFiles(files).filter(({ text }) => text.includes('noRestrictedImports'));
    restricted = new Set(found.map(({ file }) => file));
  });

  test.each(FORBIDDEN)('%s may not import %s', (file, target) => {
    const index = FORBIDDEN.findIndex((each) => each[0] === file && each[1] === target);
    expect(restricted).toContain(numbered(file, index));
  });

  test.each(ALLOWED)('%s may import %s', (file, target) => {
    const index = ALLOWED.findIndex((each) => each[0] === file && each[1] === target);
    expect(restricted).not.toContain(numbered(file, FORBIDDEN.length + index));
  });
});

/** A file of its own for each case, in the same folder. */
function numbered(file: string, index: number): string {
  return file.replace(/\bx\.ts$/, `x${index}.ts`);
}
