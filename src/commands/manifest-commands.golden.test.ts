import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { MANIFESTS, NO_CLUSTER, NOT_LIVE, OBJECTS_ALONE } from '../testing/command-flags.ts';
import { type Said, saidBy } from '../testing/command-streams.ts';
import { runs } from '../testing/property-runs.ts';
import { type AuditFlags, runAudit } from './audit.ts';
import { type DiffFlags, runDiff } from './diff.ts';
import { type ExplainFlags, runExplain } from './explain.ts';
import { type MigrateFlags, runMigrate } from './migrate.ts';
import { type RenderFlags, runRender } from './render.ts';

/**
 * Each folder holds manifests below input/, and what commands say about them. case.yaml says what it shows, and the flags of
 * each command. UPDATE_GOLDENS=1 writes what they say anew.
 */
const CASES = path.join(import.meta.dirname, 'testdata/manifests');

interface Case {
  name: string;
  input: string;
  about: string;
  render?: Partial<RenderFlags>;
  audit?: Partial<AuditFlags>;
  diff?: Partial<DiffFlags>;
  migrate?: Partial<MigrateFlags>;
  /** Asked one after the other. */
  explain?: (Partial<ExplainFlags> & Pick<ExplainFlags, 'workload'>)[];
}

const cases = readdirSync(CASES)
  .sort()
  .map((name): Case => {
    const folder = path.join(CASES, name);
    const read = parse(readFileSync(path.join(folder, 'case.yaml'), 'utf8'));
    return { ...read, name, input: path.join(folder, 'input') };
  });

test.each(cases.filter((each) => each.render))('render: $name', async ({ render, ...each }) => {
  const flags = renderFlags([each.input], render);
  const said = await saidBy((streams) => runRender(flags, streams));
  compare(each, 'render.txt', transcript(said, each));
});

test.each(cases.filter((each) => each.audit))('audit: $name', async ({ audit, ...each }) => {
  const flags = auditFlags([each.input], audit);
  const said = await saidBy((streams) => runAudit(flags, streams, NEVER));
  compare(each, 'audit.txt', transcript(said, each));
});

test.each(cases.filter((each) => each.diff))('diff: $name', async ({ diff, ...each }) => {
  const flags = diffFlags([each.input], diff);
  const said = await saidBy((streams) => runDiff(flags, streams, NEVER));
  compare(each, 'diff.txt', transcript(said, each));
});

test.each(cases.filter((each) => each.migrate))('migrate: $name', async ({ migrate, ...each }) => {
  const flags = {
    ...MANIFESTS,
    ...NOT_LIVE,
    paths: [each.input],
    output: 'table',
    ...migrate,
  } as const;
  const said = await saidBy((streams) => runMigrate(flags, streams, NEVER));
  compare(each, 'migrate.txt', transcript(said, each));
});

test.each(cases.filter((each) => each.explain))('explain: $name', async (each) => {
  const texts: string[] = [];
  for (const asked of each.explain ?? []) {
    const { workload, port = '', from } = asked;
    const command = ['explain', workload, port, ...(from ? ['--from', from] : [])].join(' ');
    const said = await explained(explainFlags([each.input], asked));
    texts.push(`## ${command}\n${transcript(said, each)}`);
  }
  compare(each, 'explain.txt', texts.join('\n'));
});

test.each(cases.filter(({ render }) => render && !render.check))(
  'render, whatever the order of the input: $name',
  async ({ render, input }) => {
    const flags = renderFlags(['-'], render);
    const files = readdirSync(input, { recursive: true, encoding: 'utf8' })
      .filter((file) => /^[^.].*\.ya?ml$/i.test(file))
      .sort();
    const documents = files.flatMap((file) =>
      readFileSync(path.join(input, file), 'utf8').split(/^---\n/m),
    );
    const policies = (given: readonly string[]) =>
      saidBy((streams) => runRender(flags, streams), given.join('\n---\n'));
    const { stdout } = await policies(documents);
    const anyOrder = fc.shuffledSubarray(documents, { minLength: documents.length });
    await fc.assert(
      fc.asyncProperty(anyOrder, async (shuffled) => {
        expect((await policies(shuffled)).stdout).toBe(stdout);
      }),
      runs(2),
    );
  },
);

const NEVER = new AbortController().signal;

function renderFlags(paths: readonly string[], given: Partial<RenderFlags> = {}): RenderFlags {
  return { ...MANIFESTS, paths, all: false, outDir: undefined, check: false, ...given };
}

function auditFlags(paths: readonly string[], given: Partial<AuditFlags> = {}): AuditFlags {
  return {
    ...MANIFESTS,
    ...NO_CLUSTER,
    ...OBJECTS_ALONE,
    paths,
    allNamespaces: false,
    output: 'table',
    color: false,
    ...given,
  };
}

function diffFlags(paths: readonly string[], given: Partial<DiffFlags> = {}): DiffFlags {
  return { ...MANIFESTS, ...NOT_LIVE, paths, all: false, output: 'table', ...given };
}

function explainFlags(
  paths: readonly string[],
  given: NonNullable<Case['explain']>[number],
): ExplainFlags {
  return {
    ...MANIFESTS,
    ...NO_CLUSTER,
    paths,
    port: undefined,
    from: undefined,
    with: [],
    output: 'table',
    ...given,
  };
}

/** What cannot even be tried is told by the program. */
async function explained(flags: ExplainFlags): Promise<Said> {
  return saidBy((streams) => runExplain(flags, streams, NEVER)).catch((error: Error) => ({
    stdout: '',
    stderr: `portlock: ${error.message}\n`,
    exitCode: 2,
  }));
}

function transcript({ stdout, stderr, exitCode }: Said, { input }: Pick<Case, 'input'>): string {
  const text = `# stdout\n${stdout}# stderr\n${stderr}# exit code ${exitCode}\n`;
  return text.replaceAll(`${input}/`, '').replaceAll(input, '.');
}

function compare({ name }: Pick<Case, 'name'>, golden: string, actual: string): void {
  const file = path.join(CASES, name, golden);
  if (process.env.UPDATE_GOLDENS) writeFileSync(file, actual);
  expect(actual).toBe(readFileSync(file, 'utf8'));
}
