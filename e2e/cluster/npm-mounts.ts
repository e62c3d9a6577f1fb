import { existsSync } from 'node:fs';
import { realpath, writeFile } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';

import { ClusterError } from './cluster-error.ts';
import { run } from './command.ts';
import { searchPath } from './search-path.ts';

/** Where the builder image's npm finds what is mounted for it; `npm` there reads all three. */
export const npmInBuilder = {
  userSettings: '/run/npm/user',
  globalSettings: '/run/npm/global',
  environment: '/run/npm/environment',
  cache: '/run/npm/cache',
} as const;

/**
 * The mounts, as buildah's `--volume` wants them, that let npm in a build reach the registry as
 * npm on this machine does: its settings files, its settings in the environment, the certificates
 * that they name, and a cache. Mounted and not copied, so that no layer holds them.
 * `settings` is an empty folder that outlives the build.
 */
export async function npmMounts(
  settings: string,
  cache: string,
  signal: AbortSignal | undefined,
): Promise<string[]> {
  const list = ['npm', 'config', 'list', '--json'];
  const config = JSON.parse(await run(list, { environment: { PATH: machinePath() }, signal })) as {
    readonly userconfig?: string;
    readonly globalconfig?: string;
    readonly cafile?: string | null;
  };
  const environment = join(settings, 'environment');
  await writeFile(environment, shellExports(npmEnvironment(process.env)), { mode: 0o600 });
  const certificates = [config.cafile, process.env.NODE_EXTRA_CA_CERTS];
  const readOnly: [string | null | undefined, string][] = [
    [environment, npmInBuilder.environment],
    [config.userconfig, npmInBuilder.userSettings],
    [config.globalconfig, npmInBuilder.globalSettings],
    ...[...new Set(certificates)].map((path): [typeof path, string] => [path, path ?? '']),
  ];
  return [
    ...readOnly
      .filter(([from]) => from && existsSync(from))
      .map(([from, to]) => `${from}:${to}:ro`),
    `${cache}:${npmInBuilder.cache}`,
  ];
}

/** The folder of the npm that this machine has. Throws a ClusterError if it has none. */
export async function npmFolder(signal: AbortSignal | undefined): Promise<string> {
  const found = await run(['sh', '-c', 'command -v npm'], {
    environment: { PATH: machinePath() },
    signal,
  }).catch(() => {
    throw new ClusterError('npm is not installed');
  });
  return dirname(dirname(await realpath(found.trim())));
}

// Beside the node of node_modules, which `npm run` puts first, npm would take that folder for its
// prefix and look for its settings there.
function machinePath(): string {
  const path = searchPath().split(delimiter);
  return path.filter((directory) => !directory.endsWith('node_modules/.bin')).join(delimiter);
}

/** What of an environment tells npm and Node how to reach the registry. */
export function npmEnvironment(environment: NodeJS.ProcessEnv): Record<string, string> {
  // What an `npm run` around us sets about itself says nothing about the registry.
  const foreign =
    /^npm_config_(userconfig|globalconfig|cache|prefix|local_prefix|user_agent|node_gyp|init_module|global_prefix|noproxy|npm_version)$/i;
  const wanted = /^(npm_config_\w+|NODE_EXTRA_CA_CERTS|(https?|no)_proxy)$/i;
  return Object.fromEntries(
    Object.entries(environment).filter(
      (entry): entry is [string, string] =>
        entry[1] !== undefined && wanted.test(entry[0]) && !foreign.test(entry[0]),
    ),
  );
}

/** The variables as lines of a shell script. */
export function shellExports(variables: Readonly<Record<string, string>>): string {
  return Object.entries(variables)
    .map(([name, value]) => `export ${name}='${value.replaceAll("'", "'\\''")}'\n`)
    .join('');
}
