import { join } from 'node:path';
import { cachedFolder } from './cached-folder.ts';
import { ClusterError } from './cluster-error.ts';
import { run } from './command.ts';
import { directories } from './directories.ts';
import { filesIn, hashInputs } from './inputs-hash.ts';
import { isProvided } from './search-path.ts';

/** A Go module with one program, which a test brings along. */
export interface GoProgram {
  /** The module's folder. */
  readonly directory: string;
  readonly name: string;
  /** The oldest Go that builds it. */
  readonly go: string;
  /** The program's package; the one in the module's folder where not given. */
  readonly package?: string;
}

/**
 * For the go command in a module of the tests: what the machine's user has set must not matter.
 * Without DWARF, which the linker throws away anyway, the compiler takes an eighth less time.
 */
export const goEnvironment = {
  CGO_ENABLED: '0',
  GOFLAGS: '-mod=readonly -buildvcs=false -gcflags=all=-dwarf=false',
  GOWORK: 'off',
};

const flags = ['-trimpath', '-ldflags=-s -w'];

/**
 * The path of the program; built where that was not done before from these sources. Throws a
 * ClusterError where there is no Go, or with the compiler's words.
 */
export async function goProgram(
  { directory, name, go, package: from }: GoProgram,
  signal: AbortSignal,
): Promise<string> {
  if (!isProvided('go')) throw new ClusterError(`Go ${go} or newer is needed to build ${name}.`);
  const inGo = { directory, environment: goEnvironment, signal };
  const files = Object.entries(await filesIn(directory));
  const hash = await hashInputs({
    values: [
      name,
      ...flags,
      await run(['go', 'version'], inGo),
      JSON.stringify(goEnvironment),
      ...(from === undefined ? [] : [from]),
    ],
    files: Object.fromEntries(files.filter(([file]) => /(\.go|go\.mod|go\.sum)$/.test(file))),
  });
  const version = { parent: directories().builds, name, hash };
  const folder = await cachedFolder(version, async (unfinished) => {
    await run(['go', 'build', ...flags, '-o', join(unfinished, name), from ?? '.'], inGo);
  });
  return join(folder, name);
}

/** The folder of a module that the module in `directory` requires, read-only. */
export async function goModule(
  directory: string,
  module: string,
  signal: AbortSignal,
): Promise<string> {
  const inGo = { directory, environment: goEnvironment, signal };
  await run(['go', 'mod', 'download', module], inGo);
  return (await run(['go', 'list', '-m', '-f', '{{.Dir}}', module], inGo)).trim();
}
