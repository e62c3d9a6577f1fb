/**
 * Writes what the changelog says of a tag's version: `notes.ts v0.2.0`. Exits 2 where the tag is not that of
 * this checkout, or where the manifests name an image that this repository does not push.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import packageJson from '../../package.json' with { type: 'json' };
import { notesOf } from './changelog.ts';

const root = path.resolve(import.meta.dirname, '../..');
const read = (file: string) => readFileSync(path.join(root, file), 'utf8');
const { GITHUB_REPOSITORY: repository } = process.env;
try {
  const [tag = ''] = process.argv.slice(2);
  const { version } = packageJson;
  if (tag !== `v${version}`) {
    throw new Error(`the tag is "${tag}", and package.json says ${version}: tag it v${version}`);
  }
  const image = /(?<=image: ).*(?=:v)/.exec(read('config/manager/deployment.yaml'))?.[0];
  if (repository && image !== `ghcr.io/${repository}`) {
    throw new Error(
      `config/manager/deployment.yaml names ${image}, and ghcr.io/${repository} is pushed: change it there`,
    );
  }
  process.stdout.write(notesOf(read('CHANGELOG.md'), version));
} catch (error) {
  console.error(`release: ${(error as Error).message}`);
  process.exitCode = 2;
}
