import { readFileSync } from 'node:fs';
import path from 'node:path';
import { rolldown } from 'rolldown';
import config from '../../rolldown.config.ts';

/** The folder of the package that a module is of; what a plugin made has no folder, and begins with a NUL. */
const PACKAGE = /^\/.*\/node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/;

/** The npm packages of which the bundle has code, as `name@version`, sorted. */
export async function bundledPackages(): Promise<string[]> {
  const build = await rolldown(config);
  try {
    const { output } = await build.generate({ format: 'esm' });
    const modules = output.flatMap((file) => (file.type === 'chunk' ? file.moduleIds : []));
    const folders = new Set(modules.flatMap((id) => PACKAGE.exec(id) ?? []));
    return [...folders].map(nameAndVersion).sort();
  } finally {
    await build.close();
  }
}

function nameAndVersion(folder: string): string {
  const { name, version } = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'));
  return `${name}@${version}`;
}
