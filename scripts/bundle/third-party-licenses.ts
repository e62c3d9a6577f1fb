import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Plugin } from 'rolldown';
import { type BundledPackage, keyOf, packagesOf } from './bundled-package.ts';

export const LICENSES_FILE = 'THIRD-PARTY-LICENSES.txt';

/** How a package is named above its licence. */
export const TITLE = /^\S+@\d+\.\d+\.\d+\S* \(.+\)$/gm;

const HEADER = `portlock has its own licence, in LICENSE. Its files also have code of these packages, under the licences below.
`;
const LICENSE_FILE = /^(?:licen[cs]e|copying|copyright|notice)(?:[.-]|$)/i;
const LICENSE_HEADING = /^(?:#+ *licen[cs]e\b.*|licen[cs]e *\n-+)$/im;
const RULE = `\n${'-'.repeat(80)}\n`;

/** Writes, beside the bundle, the licences of all packages that it has code of. The same packages give the same bytes. */
export function thirdPartyLicenses(): Plugin {
  return {
    name: 'licences of third parties',
    generateBundle(_options, bundle) {
      const modules = Object.values(bundle).flatMap((file) =>
        file.type === 'chunk' ? file.moduleIds : [],
      );
      const source = licensesText(packagesOf(modules));
      this.emitFile({ type: 'asset', fileName: LICENSES_FILE, source });
    },
  };
}

/** A text that several packages share stands there once. */
function licensesText(packages: readonly BundledPackage[]): string {
  const byText = Map.groupBy(packages, textsOf);
  const sections = [...byText].map(
    ([text, those]) => `${those.map(titleOf).join('\n')}\n\n${text}\n`,
  );
  return [HEADER, ...sections].join(RULE);
}

function titleOf(each: BundledPackage): string {
  return `${keyOf(each)} (${each.license})`;
}

/**
 * All that the package says of its licence.
 * @throws Error where that is nothing
 */
export function textsOf(each: BundledPackage): string {
  const { folder, license, author } = each;
  if (!license) throw new Error(`${keyOf(each)} names no licence: find out what it is under`);
  const files = readdirSync(folder).sort();
  const read = (name: string) =>
    readFileSync(path.join(folder, name), 'utf8').replaceAll('\r\n', '\n').trim();
  const texts = files.filter((name) => LICENSE_FILE.test(name)).map(read);
  if (texts.length > 0) return texts.join('\n\n');
  const [readme = ''] = files.filter((name) => /^readme/i.test(name)).map(read);
  const at = readme.search(LICENSE_HEADING);
  return at >= 0
    ? readme.slice(at)
    : `The package has no text of it. Its package.json names ${license}, and ${author ?? 'nobody'} as the author.`;
}
