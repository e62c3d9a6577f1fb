import { readFileSync } from 'node:fs';
import path from 'node:path';

/** An npm package of which the bundle has code. */
export interface BundledPackage {
  readonly folder: string;
  readonly name: string;
  readonly version: string;
  /** As its package.json names it, in SPDX. */
  readonly license: string | undefined;
  readonly author: string | undefined;
}

/** The folder of the package that a module is of; what a plugin made has no folder, and begins with a NUL. */
const PACKAGE = /^\/.*\/node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/;

/** The packages that modules are of, by name and version. */
export function packagesOf(modules: readonly string[]): BundledPackage[] {
  const folders = new Set(modules.flatMap((id) => PACKAGE.exec(id) ?? []));
  const byKey = new Map([...folders].map(readPackage).map((each) => [keyOf(each), each] as const));
  return [...byKey].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, each]) => each);
}

/** `name@version`. */
export function keyOf({ name, version }: Pick<BundledPackage, 'name' | 'version'>): string {
  return `${name}@${version}`;
}

function readPackage(folder: string): BundledPackage {
  const text = readFileSync(path.join(folder, 'package.json'), 'utf8');
  const { name, version, license, author } = JSON.parse(text);
  return { folder, name, version, license, author: author?.name ?? author };
}
