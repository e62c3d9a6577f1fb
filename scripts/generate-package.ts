/**
 * Generates dist/install.yaml and charts/portlock from config/ and crds/. `--check` writes nothing and exits 1
 * when a committed file is stale or one too many.
 */
import { existsSync, globSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { chart } from './package/chart.ts';
import { installYaml } from './package/install-yaml.ts';
import { installation, optionalPart } from './package/installation.ts';

const root = path.join(import.meta.dirname, '..');
const CHART = 'charts/portlock';
/** What the chart has by a value, and kustomize by an overlay. */
const OPTIONAL = ['config/rbac-namespaced', 'config/metrics', 'config/admission'];

const manifests = installation(root);
const optional = OPTIONAL.flatMap((folder) => optionalPart(root, folder));
const ofPackage = JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8'));
const files: Record<string, string> = { 'dist/install.yaml': installYaml(manifests) };
for (const [name, text] of Object.entries(chart(manifests, optional, ofPackage))) {
  files[`${CHART}/${name}`] = text;
}
const present = globSync(`${CHART}/**/*.*`, { cwd: root });
for (const file of new Set([...Object.keys(files), ...present])) await generate(file, files[file]);

/** @param wanted undefined where there is to be no such file */
async function generate(file: string, wanted: string | undefined): Promise<void> {
  const to = path.join(root, file);
  const current = existsSync(to) ? await readFile(to, 'utf8') : undefined;
  if (current === wanted) return;
  if (process.argv.includes('--check')) {
    console.error(`${file} is stale: run \`npm run generate\` and commit it.`);
    process.exitCode = 1;
  } else if (wanted === undefined) {
    await rm(to);
    console.log(`Removed ${file}`);
  } else {
    await mkdir(path.dirname(to), { recursive: true });
    await writeFile(to, wanted);
    console.log(`Wrote ${file}`);
  }
}
