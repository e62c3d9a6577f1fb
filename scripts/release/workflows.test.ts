import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';

const root = path.resolve(import.meta.dirname, '../..');
const FOLDER = '.github/workflows';

interface Workflow {
  readonly permissions: unknown;
  readonly jobs: Readonly<Record<string, Job>>;
}

interface Job {
  readonly permissions?: Readonly<Record<string, string>>;
  readonly 'timeout-minutes'?: number;
  readonly steps: readonly { readonly uses?: string; readonly run?: string }[];
}

describe.each(readdirSync(path.join(root, FOLDER)))('%s', (file) => {
  const text = readFileSync(path.join(root, FOLDER, file), 'utf8');
  const workflow: Workflow = parse(text);
  const jobs = Object.values(workflow.jobs);

  test('names each action by a commit, and its version beside it', () => {
    const named = text.match(/uses: .*/g) ?? [];
    expect(named).toHaveLength(
      jobs.flatMap(({ steps }) => steps.filter(({ uses }) => uses)).length,
    );
    for (const each of named) expect(each).toMatch(/^uses: [\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\./);
  });

  test('gives each job the rights that it names, and no other', () => {
    expect(workflow.permissions).toEqual({});
    for (const { permissions } of jobs) expect(permissions?.contents).toMatch(/^(read|write)$/);
  });

  test('runs nothing for hours', () => {
    for (const job of jobs) expect(job['timeout-minutes']).toBeLessThanOrEqual(30);
  });

  test('runs only scripts that are there', () => {
    const { scripts } = parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
    const commands = jobs.flatMap(({ steps }) => steps.map(({ run = '' }) => run)).join('\n');
    for (const [script] of commands.matchAll(/scripts\/[\w/-]+\.\w+/g)) {
      expect(existsSync(path.join(root, script)), script).toBe(true);
    }
    for (const [, name] of commands.matchAll(/npm run (\S+)/g)) {
      expect(scripts).toHaveProperty([name ?? '']);
    }
  });

  test('puts nothing that others wrote into a command', () => {
    const commands = jobs.flatMap(({ steps }) => steps.map(({ run = '' }) => run));
    expect(commands.filter((command) => command.includes('${{'))).toEqual([]);
  });
});

test('the action for others names what it uses by a commit, as the workflows do', () => {
  const used = (file: string) => readFileSync(path.join(root, file), 'utf8').match(/uses: .*/g);
  const ofWorkflows = readdirSync(path.join(root, FOLDER)).flatMap(
    (file) => used(path.join(FOLDER, file)) ?? [],
  );
  const ofAction = used('action.yml') ?? [];
  expect(ofAction).not.toEqual([]);
  expect(ofWorkflows).toEqual(expect.arrayContaining(ofAction));
});

test('only the job that makes the release may write to the repository', () => {
  const { jobs }: Workflow = parse(readFileSync(path.join(root, FOLDER, 'release.yaml'), 'utf8'));
  const writers = Object.entries(jobs).filter(([, job]) => job.permissions?.contents === 'write');
  expect(writers.map(([name]) => name)).toEqual(['release']);
});
