import { cp, mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';

import { cachedFolder } from './cached-folder.ts';
import { ClusterError } from './cluster-error.ts';
import { run, runWork } from './command.ts';
import { sources } from './directories.ts';
import { goEnvironment } from './go-program.ts';
import { filesIn, hashInputs } from './inputs-hash.ts';
import type { Say } from './progress.ts';
import { isProvided } from './search-path.ts';

/** The programs of one Go module, and what else the cluster needs from the modules it requires. */
export interface GoBuild {
  /** The module's folder below this one. */
  readonly module: string;
  /** What the progress calls it. */
  readonly title: string;
  readonly packages: readonly string[];
  readonly linkerFlags: readonly string[];
  /** Programs that are wanted under another name than Go gives them. */
  readonly renames: Readonly<Record<string, string>>;
  /** Folders that are copied from a required module, by the name they get. */
  readonly copies?: { readonly from: string; readonly folders: Readonly<Record<string, string>> };
}

const release = 'v1.34.4';

export const kubernetesBuild: GoBuild = {
  module: 'kubernetes',
  title: `Kubernetes ${release}`,
  packages: ['./kube', './pause', 'k8s.io/kubernetes/test/images/agnhost'],
  // Without a version, the components take features for unknown or too old.
  linkerFlags: [
    `-X k8s.io/component-base/version.gitVersion=${release}`,
    '-X k8s.io/component-base/version.gitMajor=1',
    '-X k8s.io/component-base/version.gitMinor=34',
    `-X k8s.io/client-go/pkg/version.gitVersion=${release}`,
  ],
  renames: {},
};

export const ciliumBuild: GoBuild = {
  module: 'cilium',
  title: 'Cilium 1.15.19',
  packages: [
    './agent',
    'github.com/cilium/cilium/plugins/cilium-cni',
    'github.com/cilium/cilium/cilium-dbg',
  ],
  linkerFlags: [],
  renames: { agent: 'cilium-agent' },
  copies: {
    from: 'github.com/cilium/cilium',
    folders: { bpf: 'bpf', crds: 'pkg/k8s/apis/cilium.io/client/crds' },
  },
};

/** How often a build says something, at least. */
const heartbeatMilliseconds = 5_000;

/**
 * The folder of the built programs, from the cache if these sources were built before.
 * Throws a ClusterError where there is no Go, or with the compiler's words.
 */
export async function buildGo(
  build: GoBuild,
  builds: string,
  say: Say,
  signal: AbortSignal | undefined,
): Promise<string> {
  if (!isProvided('go')) throw new ClusterError('Go 1.24 or newer is needed to build the cluster.');
  const directory = join(sources, build.module);
  const goVersion = await run(['go', 'version'], { directory, environment: goEnvironment, signal });
  const hash = await hashInputs({
    values: [goVersion, JSON.stringify(goEnvironment), JSON.stringify(build)],
    files: await filesIn(directory),
  });
  return cachedFolder({ parent: builds, name: build.module, hash }, async (folder) => {
    await compile(build, directory, folder, say, signal);
    for (const [from, to] of Object.entries(build.renames)) {
      await rename(join(folder, from), join(folder, to));
    }
    await copyFolders(build, directory, folder, signal);
  });
}

async function compile(
  build: GoBuild,
  directory: string,
  folder: string,
  say: Say,
  signal: AbortSignal | undefined,
): Promise<void> {
  const temporary = join(folder, 'temporary'); // inside, so that it goes with an interrupted build
  await mkdir(temporary);
  const counts = { downloaded: 0, compiled: 0 };
  const tell = () => say(describeBuild(build.title, counts));
  const heartbeat = setInterval(tell, heartbeatMilliseconds);
  tell();
  try {
    const flags = ['-v', '-trimpath', '-ldflags', ['-s', '-w', ...build.linkerFlags].join(' ')];
    await runWork(['go', 'build', ...flags, '-o', `${folder}/`, ...build.packages], {
      directory,
      environment: { ...goEnvironment, GOTMPDIR: temporary },
      signal,
      onLine: (line) => {
        if (line.startsWith('go: downloading ')) counts.downloaded++;
        else counts.compiled++;
      },
    });
  } finally {
    clearInterval(heartbeat);
    await rm(temporary, { recursive: true, force: true });
  }
}

/** What a build has done so far. */
function describeBuild(
  title: string,
  { downloaded, compiled }: { readonly downloaded: number; readonly compiled: number },
): string {
  const parts = [
    downloaded > 0 ? `${downloaded} modules downloaded` : '',
    compiled > 0 ? `${compiled} packages compiled` : '',
  ].filter(Boolean);
  return [`building ${title} (minutes the first time)`, ...parts].join(', ');
}

async function copyFolders(
  { copies }: GoBuild,
  directory: string,
  folder: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  if (copies === undefined) return;
  const list = ['go', 'list', '-m', '-f', '{{.Dir}}', copies.from];
  const module = (await run(list, { directory, environment: goEnvironment, signal })).trim();
  for (const [name, path] of Object.entries(copies.folders)) {
    await cp(join(module, path), join(folder, name), { recursive: true });
    await run(['chmod', '-R', 'u+w', join(folder, name)]); // Go's module cache is read-only
  }
}
