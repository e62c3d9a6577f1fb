import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { ENFORCED_DEPLOYMENT } from './enforced-deployment.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');
const read = (file: string) => readFileSync(path.join(ROOT, file), 'utf8');
const { version } = JSON.parse(read('package.json'));
const page = read('docs/ci.md');

/** The YAML blocks of the page, by the file that their first line names. */
const blocks = Object.fromEntries(
  [...page.matchAll(/^```yaml\n# (\S+)\n([\s\S]*?)^```/gm)].map(([, file = '', text = '']) => [
    file,
    parse(text),
  ]),
);
const workflow = blocks['.github/workflows/portlock.yaml'].jobs.ports.steps.flatMap(
  ({ run }: { run?: string }) => run ?? [],
);
const action = parse(read('action.yml')).runs.steps.flatMap(
  ({ run }: { run?: string }) => run ?? [],
);
const pipeline: string[] = blocks['.gitlab-ci.yml'].portlock.script;
const hooks: { id: string; entry: string }[] = parse(read('.pre-commit-hooks.yaml'));

const service = (name: string, port: number) => `apiVersion: v1
kind: Service
metadata: {name: ${name}, namespace: shop}
spec: {selector: {app: web}, ports: [{port: 80, targetPort: ${port}}]}
`;
const UNDECLARED = { 'metrics.yaml': service('metrics', 9090) };

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'portlock-ci-'));
  // As npx would fetch it: this program, under the name and the version that the page has.
  const npx = `#!/bin/sh
[ "$1 $2" = "--yes portlock@${version}" ] || { echo "npx: unexpected $1 $2" >&2; exit 127; }
shift 2
exec '${process.execPath}' '${ROOT}/src/cli.ts' "$@"
`;
  writeFileSync(path.join(folder, 'npx'), npx);
  chmodSync(path.join(folder, 'npx'), 0o755);
  manifests('deploy', { 'web.yaml': ENFORCED_DEPLOYMENT, 'service.yaml': service('web', 8080) });
});
afterEach(() => rmSync(folder, { recursive: true }));

function manifests(name: string, files: Record<string, string>): void {
  spawnSync('mkdir', ['-p', path.join(folder, name)]);
  for (const [file, text] of Object.entries(files))
    writeFileSync(path.join(folder, name, file), text);
}

/** Runs a script as GitHub does where a step says bash. */
function bash(script: string, env: Record<string, string> = {}) {
  const result = spawnSync('bash', ['--noprofile', '--norc', '-eo', 'pipefail', '-c', script], {
    cwd: folder,
    encoding: 'utf8',
    env: {
      PATH: `${folder}${path.delimiter}${process.env.PATH}`,
      GITHUB_STEP_SUMMARY: path.join(folder, 'summary.md'),
      RUNNER_TEMP: folder,
      ...env,
    },
  });
  return { code: result.status, stderr: result.stderr };
}
const rendered = () => bash(`npx --yes portlock@${version} render deploy/ --out-dir policies/`);
const written = (file: string) =>
  existsSync(path.join(folder, file)) ? readFileSync(path.join(folder, file), 'utf8') : undefined;

test('the page, the action and the hooks name the version of this program', () => {
  const named = [page, read('action.yml'), read('.pre-commit-hooks.yaml')].flatMap((text) =>
    [...text.matchAll(/(?:portlock@v?|rev: v)(\d+\.\d+\.\d+)/g)].map(([, number]) => number),
  );
  expect(new Set(named)).toEqual(new Set([version]));
});

describe('the steps of the workflow', () => {
  test('pass where nothing is found and the policies are committed', () => {
    rendered();
    expect(workflow.map((step: string) => bash(step).code)).toEqual([0, 0]);
    expect(JSON.parse(written('portlock.sarif') ?? '').runs[0].results).toEqual([]);
    expect(written('summary.md')).toContain('1 workload');
  });

  test('fail at a finding, which is in the report, and at policies that are not committed', () => {
    manifests('deploy', UNDECLARED);
    expect(workflow.map((step: string) => bash(step).code)).toEqual([1, 1]);
    const { results } = JSON.parse(written('portlock.sarif') ?? '').runs[0];
    expect(results.map(({ ruleId }: { ruleId: string }) => ruleId)).toContain('PL003');
    expect(written('summary.md')).toContain('PL003');
  });

  test('fail at what cannot be read, and report what can be', () => {
    manifests('deploy', { 'broken.yaml': 'kind: [' });
    expect(bash(workflow[0]).code).toBe(2);
    expect(JSON.parse(written('portlock.sarif') ?? '').runs).toHaveLength(1);
  });
});

describe('the action', () => {
  const run = (env: Record<string, string> = {}) =>
    bash(action.join('\n'), {
      PORTLOCK_PATHS: 'deploy/\n',
      PORTLOCK_POLICIES: '',
      PORTLOCK_SARIF: 'portlock.sarif',
      ...env,
    });

  test('passes where nothing is found, and leaves its reports', () => {
    expect(run().code).toBe(0);
    expect(JSON.parse(written('portlock.sarif') ?? '').runs[0].results).toEqual([]);
    expect(written('summary.md')).toContain('1 workload');
  });

  test('fails at policies that are not committed, where these are asked for', () => {
    expect(run({ PORTLOCK_POLICIES: 'policies/' }).code).toBe(1);
    rendered();
    expect(run({ PORTLOCK_POLICIES: 'policies/' }).code).toBe(0);
  });

  test('ends as the worse of its commands does', () => {
    rendered();
    manifests('deploy', { 'broken.yaml': 'kind: [' });
    expect(run({ PORTLOCK_POLICIES: 'policies/' }).code).toBe(2);
  });

  test('takes several paths, and none of them for anything else', () => {
    manifests('-o; touch done', UNDECLARED);
    expect(run({ PORTLOCK_PATHS: 'deploy/\n\n-o; touch done\n' }).code).toBe(1);
    expect(JSON.parse(written('portlock.sarif') ?? '').runs[0].results).not.toEqual([]);
    expect(written('done')).toBeUndefined();
  });
});

test('the script of the pipeline ends as the audit does, and leaves its report', () => {
  // GitLab's runner puts the lines into one script.
  expect(bash(pipeline.join('\n')).code).toBe(0);
  manifests('deploy', UNDECLARED);
  expect(bash(pipeline.join('\n')).code).toBe(1);
  expect(written('portlock.xml')).toContain('PL003 UndeclaredInUse');
});

describe('the hooks', () => {
  const configured: { id: string; args: string[] }[] =
    blocks['.pre-commit-config.yaml'].repos[0].hooks;

  test('are those that the page names', () => {
    expect(configured.map(({ id }) => id)).toEqual(hooks.map(({ id }) => id));
  });

  test.each(configured)('$id passes a clean folder, and stops a commit with a finding', (hook) => {
    const entry = hooks.find(({ id }) => id === hook.id)?.entry;
    const run = () => bash(`${entry} ${hook.args.join(' ')}`).code;
    rendered();
    expect(run()).toBe(0);
    manifests('deploy', UNDECLARED);
    expect(run()).toBe(1);
  });
});
