import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '../..');

/** What the linter says of one file. */
export interface Diagnostic {
  /** As it was given. */
  file: string;
  /** The line as the linter prints it, with the rule. */
  text: string;
}

/** Lints files that are nowhere else, by path and text, with the project's own settings. */
export function lintFiles(files: ReadonlyMap<string, string>): Diagnostic[] {
  const folder = mkdtempSync(path.join(tmpdir(), 'portlock-lint-'));
  try {
    cpSync(path.join(root, 'biome.json'), path.join(folder, 'biome.json'));
    cpSync(path.join(root, 'scripts/lint'), path.join(folder, 'scripts/lint'), { recursive: true });
    for (const [file, text] of files) {
      const place = path.join(folder, file);
      mkdirSync(path.dirname(place), { recursive: true });
      writeFileSync(place, text);
    }
    return linted(folder).flatMap((text) => {
      const [, file] = /file=([^,]+)/.exec(text) ?? [];
      return file ? [{ file: path.relative(folder, path.resolve(folder, file)), text }] : [];
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The lines that the linter prints about a folder. */
function linted(folder: string): string[] {
  const biome = path.join(root, 'node_modules/.bin/biome');
  const flags = ['--vcs-enabled=false', '--reporter=github', '--max-diagnostics=none'];
  try {
    const args = ['lint', ...flags, 'src'];
    return execFileSync(biome, args, { cwd: folder, encoding: 'utf8', stdio: 'pipe' }).split('\n');
  } catch (error) {
    return (error as { stdout: string }).stdout.split('\n');
  }
}
