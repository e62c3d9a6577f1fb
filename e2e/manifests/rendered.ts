import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Wire } from '../../src/testing/preflight-manifests.ts';
import { cachedFolder } from '../cluster/cached-folder.ts';
import { ClusterError } from '../cluster/cluster-error.ts';
import { run } from '../cluster/command.ts';
import { directories } from '../cluster/directories.ts';
import { goEnvironment, goProgram } from '../cluster/go-program.ts';
import { hashInputs } from '../cluster/inputs-hash.ts';
import { APPLICATIONS, type Application } from './applications.ts';

/** What an application consists of. */
export interface Rendered extends Manifests {
  application: Application;
}

/** What the render program prints. */
export interface Manifests {
  objects: readonly Wire[];
  /** Documents that are no Kubernetes object, by file. */
  skipped: readonly { file: string; reason: string }[];
}

const sources = fileURLToPath(new URL('./', import.meta.url));

/**
 * The objects of all applications. Downloads their modules and renders them, where that was not
 * done before. Throws a ClusterError where there is no Go, or with the words of what failed.
 */
export async function renderedApplications(signal: AbortSignal): Promise<Rendered[]> {
  const program = await buildProgram(signal);
  const hash = await hashInputs({
    values: [JSON.stringify(APPLICATIONS)],
    files: { program, sums: join(sources, 'go.sum') },
  });
  const folder = await cachedFolder(
    { parent: directories().builds, name: 'manifests', hash },
    async (unfinished) => {
      const modules = await downloadModules(signal);
      for (const [index, application] of APPLICATIONS.entries()) {
        const module = modules.get(application.module) ?? '';
        const manifests = await render({ ...application, module }, signal);
        await writeFile(fileOf(unfinished, index), JSON.stringify(manifests));
      }
    },
  );
  return Promise.all(
    APPLICATIONS.map(async (application, index) => ({
      application,
      ...JSON.parse(await readFile(fileOf(folder, index), 'utf8'), withoutNull),
    })),
  );
}

/** The objects of one application, of which `module` is the folder of its module. */
export async function render(
  application: Pick<Application, 'module' | 'namespace' | 'sources'>,
  signal: AbortSignal,
): Promise<Manifests> {
  const input = JSON.stringify(application);
  return JSON.parse(await run([await buildProgram(signal)], { input, signal }));
}

/** A field that is null is one that is not there, as for the API server. */
function withoutNull(_key: string, value: unknown): unknown {
  return value ?? undefined;
}

function fileOf(folder: string, index: number): string {
  return join(folder, `${index}.json`);
}

/** The render program. */
function buildProgram(signal: AbortSignal): Promise<string> {
  const directory = join(sources, 'render');
  return goProgram({ directory, name: 'manifests-render', go: '1.26.4' }, signal);
}

/** The folders of the modules, by path. Go itself compares them with go.sum. */
async function downloadModules(signal: AbortSignal): Promise<Map<string, string>> {
  const sums = await readFile(join(sources, 'go.sum'), 'utf8');
  for (const { module, version } of APPLICATIONS) {
    if (!sums.includes(`${module} ${version} h1:`)) {
      throw new ClusterError(`e2e/manifests/go.sum has no checksum of ${module} ${version}.`);
    }
  }
  const versions = new Set(APPLICATIONS.map(({ module, version }) => `${module}@${version}`));
  const inGo = { directory: sources, environment: goEnvironment, signal };
  await run(['go', 'mod', 'download', ...versions], inGo); // says what is wrong, which -json does not
  const described = await run(['go', 'mod', 'download', '-json', ...versions], inGo);
  const modules: { Path: string; Dir: string }[] = JSON.parse(
    `[${described.trim().replaceAll(/^\}\n\{/gm, '},{')}]`,
  );
  return new Map(modules.map(({ Path, Dir }) => [Path, Dir]));
}
