import { type ExecFileException, execFile } from 'node:child_process';
import path from 'node:path';
import { MAXIMUM_BYTES } from './decode-text.ts';

/** What a folder is that no file of it says alone. */
export type Buildable = 'chart' | 'kustomization';

/** Makes of a folder the manifests that whoever applies it would apply. */
export type Build = (folder: string, what: Buildable) => Promise<Uint8Array>;

/** A folder cannot be built; the message says why, in one line. */
export class BuildError extends Error {
  override readonly name = 'BuildError';
}

/** The programs that do it, the first of which that is there counts. */
const COMMANDS: Readonly<Record<Buildable, (folder: string) => readonly string[][]>> = {
  chart: (folder) => [['helm', 'template', releaseName(folder), folder]],
  kustomization: (folder) => [
    ['kustomize', 'build', folder],
    ['kubectl', 'kustomize', folder],
  ],
};
const NEEDED = { chart: 'helm', kustomization: 'kustomize or kubectl' };

/** No folder takes longer, in milliseconds. */
const LONGEST = 30_000;

/**
 * What a kustomization refers to on other machines is not fetched: whoever asks for a look at a folder asks for no connection.
 * Go's clients take a proxy from here, and git which transports it may use.
 */
const NO_NETWORK = {
  HTTP_PROXY: 'http://127.0.0.1:1',
  HTTPS_PROXY: 'http://127.0.0.1:1',
  NO_PROXY: '',
  GIT_ALLOW_PROTOCOL: 'none',
};

/**
 * Builds a folder by the program that is made for it, as PATH has it.
 * @throws BuildError
 */
export async function buildFolder(folder: string, what: Buildable): Promise<Uint8Array> {
  for (const [program = '', ...args] of COMMANDS[what](path.resolve(folder))) {
    const built = await run(program, args);
    if (built !== 'absent') return built;
  }
  throw new BuildError(`is a ${what}, and to build it ${NEEDED[what]} must be in PATH`);
}

/** Helm wants a name: that of the folder, as a release may be called. */
function releaseName(folder: string): string {
  const name = path
    .basename(folder)
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '');
  return name.slice(0, 53).replace(/-$/, '') || 'release-name';
}

function run(program: string, args: readonly string[]): Promise<Uint8Array | 'absent'> {
  const env = { ...process.env, ...NO_NETWORK };
  const limits = { timeout: LONGEST, maxBuffer: MAXIMUM_BYTES, killSignal: 'SIGKILL' } as const;
  return new Promise((resolve, reject) => {
    execFile(program, args, { ...limits, env, encoding: 'buffer' }, (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else if (error.code === 'ENOENT') resolve('absent');
      else reject(failure(program, error, stderr.toString()));
    });
  });
}

function failure(program: string, error: ExecFileException, stderr: string): BuildError {
  const why = whyFailed(error, stderr.trim().replaceAll(/\s+/g, ' '));
  return new BuildError(`cannot be built: ${program}: ${why}`, { cause: error });
}

function whyFailed({ code, killed, message }: ExecFileException, said: string): string {
  if (code === 'ERR_CHILD_PROCESS_STDIO_MAXBUFFER') return 'makes more than can be read';
  if (killed) return `took longer than ${LONGEST / 1_000} s`;
  return said || message;
}
