/** A file that names the version: a pattern that finds it there, and nothing else. */
export interface VersionPlace {
  readonly file: string;
  readonly pattern: RegExp;
}

const IMAGE = /(?<=\/portlock:v)\d[\w.-]*/g;
/** The package of npm, or a tag of the repository. */
const PACKAGE = /(?<=portlock@v?|rev: v)\d[\w.-]*/g;

/**
 * Every file in which the version is written by hand. package.json is the one that counts: `npm run generate`
 * makes the chart, dist/install.yaml and docs/cli.md of it and of these.
 */
export const VERSION_PLACES: readonly VersionPlace[] = [
  { file: 'package.json', pattern: /(?<=^ {2}"version": ")[^"]+/gm },
  { file: 'package-lock.json', pattern: /(?<="name": "portlock",\s+"version": ")[^"]+/g },
  { file: 'Dockerfile', pattern: /(?<=^ARG VERSION=).+$/gm },
  { file: 'config/default/kustomization.yaml', pattern: /(?<=\/version: v).+$/gm },
  { file: 'config/manager/deployment.yaml', pattern: IMAGE },
  { file: 'README.md', pattern: IMAGE },
  { file: 'docs/check.md', pattern: IMAGE },
  { file: 'docs/getting-started.md', pattern: IMAGE },
  { file: 'docs/ci.md', pattern: PACKAGE },
  { file: 'action.yml', pattern: PACKAGE },
  { file: '.pre-commit-hooks.yaml', pattern: PACKAGE },
  { file: 'src/commands/check-command.ts', pattern: IMAGE },
];
