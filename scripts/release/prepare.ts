/**
 * `npm run release:prepare -- 0.2.0`: names the version wherever it stands, moves what the changelog has under
 * "Unreleased" to it, and generates what follows from that. What changed is for a person to read and commit.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import packageJson from '../../package.json' with { type: 'json' };
import { withRelease } from './changelog.ts';
import { versionTrouble } from './version.ts';
import { VERSION_PLACES } from './version-places.ts';

const root = path.resolve(import.meta.dirname, '../..');
const [version = '', ...rest] = process.argv.slice(2);
try {
  const trouble =
    rest.length > 0 ? 'one version, please' : versionTrouble(version, packageJson.version);
  if (trouble) throw new Error(trouble);
  const date = new Date().toISOString().slice(0, 10);
  // First what may fail.
  rewrite('CHANGELOG.md', (text) => withRelease(text, version, date));
  for (const { file, pattern } of VERSION_PLACES) {
    rewrite(file, (text) => text.replaceAll(pattern, version));
  }
  execFileSync('npm', ['run', '--silent', 'generate'], { cwd: root, stdio: 'inherit' });
  console.log(`Read the diff, run npm test, commit it, and tag the commit v${version}.`);
} catch (error) {
  console.error(`release:prepare: ${(error as Error).message}`);
  process.exitCode = 2;
}

function rewrite(file: string, change: (text: string) => string): void {
  const full = path.join(root, file);
  writeFileSync(full, change(readFileSync(full, 'utf8')));
}
