import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import packageJson from '../../package.json' with { type: 'json' };
import { builtBundle } from '../../scripts/bundle/built-bundle.ts';
import { keyOf, packagesOf } from '../../scripts/bundle/bundled-package.ts';
import { LICENSES_FILE, TITLE, textsOf } from '../../scripts/bundle/third-party-licenses.ts';
import { ReadableCluster } from '../../src/testing/readable-cluster.ts';

const root = path.resolve(import.meta.dirname, '../..');
const SAMPLE = path.join(root, 'config/samples/multi-port-app.yaml');
/** The Node of this checkout, and its npm's. */
const PATH = [path.join(root, 'node_modules/.bin'), process.env.PATH].join(path.delimiter);

/** What `npm publish` would publish, installed as by a user, in a folder with nothing else in it. */
describe('the package for npm', () => {
  let folder: string;
  let archive: string;

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'portlock-package-'));
    archive = (await run(path.join(root, 'scripts/release/pack.sh'), folder)).trim();
    await run('npm', 'install', '--offline', '--prefix', folder, archive);
  });
  afterAll(() => rm(folder, { recursive: true }));

  async function run(program: string, ...args: string[]): Promise<string> {
    const env = { ...process.env, PATH, GITHUB_REPOSITORY: 'shop/portlock' };
    return (await promisify(execFile)(program, args, { cwd: folder, env })).stdout;
  }

  const installed = (name: string, ...args: string[]) =>
    run(path.join(folder, 'node_modules/.bin', name), ...args);

  test('holds the bundle, and the papers that a user reads', async () => {
    const files = (await run('tar', '--list', '--gzip', '--file', archive)).trim().split('\n');
    const isBundle = (file: string) => /^package\/dist\/[\w-]+\.js$/.test(file);
    expect(files.filter((file) => !isBundle(file)).sort()).toEqual([
      'package/CHANGELOG.md',
      'package/LICENSE',
      'package/README.md',
      'package/dist/THIRD-PARTY-LICENSES.txt',
      'package/package.json',
    ]);
    expect(files).toEqual(
      expect.arrayContaining(['package/dist/portlock.js', 'package/dist/probe-worker.js']),
    );
  });

  test('has the licence of each package that it has code of', async () => {
    const { modules } = await builtBundle();
    const packages = packagesOf(modules);
    const file = path.join(folder, 'node_modules/portlock/dist', LICENSES_FILE);
    const text = await readFile(file, 'utf8');
    expect(text.match(TITLE)).toHaveLength(packages.length);
    for (const each of packages) {
      expect(text).toContain(`\n${keyOf(each)} (${each.license})\n`);
      expect(text).toContain(textsOf(each));
    }
  });

  test('depends on nothing, and runs nothing when it is installed', async () => {
    const file = path.join(folder, 'node_modules/portlock/package.json');
    const manifest = JSON.parse(await readFile(file, 'utf8'));
    expect(Object.keys(manifest).filter((key) => /scripts|dependencies/i.test(key))).toEqual([]);
    expect(manifest).toMatchObject({
      version: packageJson.version,
      repository: { url: 'git+https://github.com/shop/portlock.git' },
    });
  });

  test('has the program', async () => {
    expect(await installed('portlock', '--version')).toBe(`${packageJson.version}\n`);
    const policy = await installed('portlock', 'render', '--all', SAMPLE);
    expect(policy).toContain('kind: NetworkPolicy');
    expect(policy).toContain('port: 8080');
  });

  test('reads a cluster', async () => {
    const [manifest] = parseAllDocuments(await readFile(SAMPLE, 'utf8'));
    const app = manifest?.toJS();
    app.metadata.namespace = 'shop';
    const cluster = await ReadableCluster.start({ objects: [app] });
    const flags = ['-A', '-o', 'json', '--kubeconfig', cluster.kubeconfig];
    // It fails where it finds something, as here.
    const { stdout } = await installed('portlock', 'audit', ...flags).catch((error) => error);
    await cluster.close();
    expect(JSON.parse(stdout).workloads).toMatchObject([{ name: 'multi-port-app' }]);
  });

  test('has the plugin of kubectl, and what completes it', async () => {
    expect(await installed('kubectl-portlock', 'audit', '--help')).toMatch(
      /^Usage: kubectl portlock audit /,
    );
    expect(await installed('kubectl_complete-portlock', 'audit', '-o', 'j')).toBe('json\n:4\n');
  });

  test('is installed for the whole machine by the command of the README', async () => {
    const readme = await readFile(path.join(root, 'README.md'), 'utf8');
    const [, command = ''] = /^npm run setup && (npm install .*)$/m.exec(readme) ?? [];
    expect(command).toContain('scripts/release/pack.sh dist');
    const elsewhere = command.replace('pack.sh dist', `pack.sh ${folder}/packed`);
    const env = { ...process.env, PATH, npm_config_prefix: folder, npm_config_offline: 'true' };
    await promisify(execFile)('bash', ['-c', elsewhere], { cwd: root, env });
    const version = await run(path.join(folder, 'bin/kubectl-portlock'), '--version');
    expect(version).toBe(`${packageJson.version}\n`);
  });

  test('is packed to the same bytes again', async () => {
    const before = await readFile(archive);
    await run(path.join(root, 'scripts/release/pack.sh'), folder);
    expect((await readFile(archive)).equals(before)).toBe(true);
  });
});
