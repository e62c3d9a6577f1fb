import { rolldown } from 'rolldown';
import config from '../../rolldown.config.ts';
import { keyOf, packagesOf } from './bundled-package.ts';

/** What a build makes. */
export interface BuiltBundle {
  /** The paths of the modules that its code is of. */
  modules: readonly string[];
  /** What stands beside its code, by the name of the file. */
  assets: ReadonlyMap<string, string>;
}

/** Builds the bundle, and writes nothing. */
export async function builtBundle(): Promise<BuiltBundle> {
  const build = await rolldown(config);
  try {
    const { output } = await build.generate({ format: 'esm' });
    return {
      modules: output.flatMap((file) => (file.type === 'chunk' ? file.moduleIds : [])),
      assets: new Map(
        output.flatMap((file) =>
          file.type === 'asset' ? [[file.fileName, String(file.source)] as const] : [],
        ),
      ),
    };
  } finally {
    await build.close();
  }
}

/** The npm packages of which the bundle has code, as `name@version`, sorted. */
export async function bundledPackages(): Promise<string[]> {
  const { modules } = await builtBundle();
  return packagesOf(modules).map(keyOf);
}
