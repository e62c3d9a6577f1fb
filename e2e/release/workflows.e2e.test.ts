import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import packageJson from '../../package.json' with { type: 'json' };
import { run as runCommand } from '../cluster/command.ts';
import { goProgram } from '../cluster/go-program.ts';
import { repository } from '../harness/environment.ts';
import { helmProgram } from '../package/helm.ts';

const { version } = packageJson;
const DIGEST = `sha256:${'0a'.repeat(32)}`;

test('actionlint finds nothing wrong with the workflows', async () => {
  const signal = AbortSignal.timeout(590_000);
  const directory = path.join(import.meta.dirname, 'actionlint');
  const actionlint = await goProgram({ directory, name: 'actionlint', go: '1.26.4' }, signal);
  const workflows = ['ci', 'release'].map((name) => `.github/workflows/${name}.yaml`);
  expect(await runCommand([actionlint, ...workflows], { directory: repository, signal })).toBe('');
});

/** What the workflow runs that needs nobody's rights, in a copy of the checkout which is no git repository. */
describe('the steps of a release', () => {
  let folder: string;
  let checkout: string;

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'portlock-steps-'));
    checkout = path.join(folder, 'checkout');
    const isCopied = (from: string) => !/\/(node_modules|\.git|e2e|bench)$/.test(from);
    await cp(repository, checkout, { recursive: true, filter: isCopied });
    await symlink(path.join(repository, 'node_modules'), path.join(checkout, 'node_modules'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  async function run(program: string, ...args: string[]): Promise<string> {
    const bin = path.join(repository, 'node_modules/.bin');
    const helm = path.dirname(await helmProgram());
    const env = {
      ...process.env,
      PATH: [bin, helm, process.env.PATH].join(path.delimiter),
      SOURCE_DATE_EPOCH: '1000000000',
      GITHUB_REPOSITORY: 'portlock/portlock',
    };
    return (await promisify(execFile)(program, args, { cwd: checkout, env })).stdout;
  }

  const notes = (tag: string) => run('node', 'scripts/release/notes.ts', tag);

  test('refuse a tag of another version, and one without a word in the changelog', async () => {
    await expect(notes('v9.9.9')).rejects.toThrow(
      `the tag is "v9.9.9", and package.json says ${version}: tag it v${version}`,
    );
    await expect(notes(`v${version}`)).rejects.toThrow('CHANGELOG.md says nothing of');
  });

  test('refuse the digest of nothing', async () => {
    await expect(run('scripts/release/assets.sh', 'out', 'latest')).rejects.toThrow(
      '"latest" is no digest of an image',
    );
  });

  test('prepare a version everywhere, and find its notes', async () => {
    await run('node', 'scripts/release/prepare.ts', '7.8.9');
    await run('npm', 'run', '--silent', 'check:generated');
    const images = ['--recursive', '--no-filename', '--only-matching', 'portlock:v[0-9.]*[0-9]'];
    const places = ['README.md', 'docs', 'config', 'dist/install.yaml', 'src/commands'];
    const found = (await run('grep', ...images, ...places)).trim().split('\n');
    expect(new Set(found)).toEqual(new Set(['portlock:v7.8.9']));
    expect(await notes('v7.8.9')).toContain('### Added');
    await expect(run('node', 'scripts/release/prepare.ts', '7.8.9')).rejects.toThrow(
      'release:prepare: CHANGELOG.md has 7.8.9 already',
    );
  });

  test('make what is attached: package, chart, list, and an installation that names one image', async () => {
    await run('scripts/release/assets.sh', 'out', DIGEST);
    const read = (name: string) => readFile(path.join(checkout, 'out', name), 'utf8');
    const sums = (await read('SHA256SUMS')).trim().split('\n');
    expect(sums.map((line) => line.split('  ')[1])).toEqual([
      'install.yaml',
      'portlock-7.8.9.cdx.json',
      'portlock-7.8.9.tgz',
      'portlock-chart-7.8.9.tgz',
    ]);
    const installed = parseAllDocuments(await read('install.yaml')).map((each) => each.toJS());
    const deployment = installed.find(({ kind }) => kind === 'Deployment');
    const [container] = deployment.spec.template.spec.containers;
    expect(container.image).toBe(`ghcr.io/portlock/portlock:v7.8.9@${DIGEST}`);
    const chart = path.join('out', 'portlock-chart-7.8.9.tgz');
    expect(await run('helm', 'show', 'chart', chart)).toContain('appVersion: v7.8.9');
  });
});
