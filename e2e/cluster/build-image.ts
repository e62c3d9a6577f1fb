import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { runWork } from './command.ts';
import { type Directories, directories } from './directories.ts';
import { waitForLock } from './lock.ts';
import { npmMounts } from './npm-mounts.ts';

export interface ImageBuild {
  /** The Dockerfile's path. */
  readonly dockerfile: string;
  /** The folder that COPY copies from. */
  readonly context: string;
  /** The image's whole name, with its tag. */
  readonly tag: string;
  readonly buildArgs?: Readonly<Record<string, string>>;
  /** Where to write the image as a docker-archive; replaced if it exists. */
  readonly archive?: string;
  /** Where to write the image as an OCI layout; replaced if it exists. */
  readonly layout?: string;
  /** Of every file and of the image, in seconds since 1970; the time of the build where not given. */
  readonly timestamp?: number;
  /** As in linux/arm64; this machine's where not given. */
  readonly platform?: string;
  /** Whether layers of earlier builds may be taken; they may where not given. */
  readonly layers?: 'cached' | 'fresh';
  readonly signal?: AbortSignal | undefined;
  /** Called with every line that the build prints. */
  readonly onLine?: (line: string) => void;
}

/**
 * Builds an image with buildah, without a container engine or a registry: `FROM` may name an image
 * that was built here before. RUN has the machine's network and, for the length of the build only,
 * the machine's npm settings. Unchanged layers come from the cache. One build runs at a time.
 * Throws a ClusterError with the end of the build's output.
 */
export async function buildImage(build: ImageBuild): Promise<void> {
  const { tag, archive, layout, signal } = build;
  const lock = await waitForLock(`building ${tag}`, 'portlock-e2e-image-store', signal);
  try {
    await removeAbandoned(signal);
    await bud(build);
    if (archive !== undefined) await exportImage(tag, 'docker-archive', archive, signal);
    if (layout !== undefined) await exportImage(tag, 'oci', layout, signal);
  } finally {
    await lock.release();
  }
}

async function bud(build: ImageBuild): Promise<void> {
  const { dockerfile, context, tag, signal, onLine } = build;
  const places = directories();
  await mkdir(places.npmCache, { recursive: true });
  // May hold passwords: here, the next build would remove it if this one were killed.
  const temporary = temporaryFolder(places);
  await mkdir(temporary, { recursive: true });
  const settings = await mkdtemp(join(temporary, 'npm-'));
  try {
    const mounts = await npmMounts(settings, places.npmCache, signal);
    await buildah(
      places,
      ['bud', '--isolation=chroot', '--network=host', '--layers', '--pull-never']
        .concat(
          mounts.map((mount) => `--volume=${mount}`),
          options(build),
        )
        .concat('--file', dockerfile, '--tag', tag, context),
      signal,
      onLine,
    );
  } finally {
    await rm(settings, { recursive: true, force: true });
  }
}

function options({ buildArgs = {}, timestamp, platform, layers }: ImageBuild): string[] {
  return [
    ...Object.entries(buildArgs).map(([name, value]) => `--build-arg=${name}=${value}`),
    ...(timestamp === undefined ? [] : [`--timestamp=${timestamp}`]),
    ...(platform === undefined ? [] : [`--platform=${platform}`]),
    ...(layers === 'fresh' ? ['--no-cache'] : []),
  ];
}

// A build that failed or was killed leaves its containers, and only one build runs at a time.
async function removeAbandoned(signal: AbortSignal | undefined): Promise<void> {
  const containers = await buildah(directories(), ['containers', '--quiet'], signal);
  if (containers.trim() !== '') await buildah(directories(), ['rm', '--all'], signal);
  await rm(temporaryFolder(directories()), { recursive: true, force: true });
}

async function exportImage(
  tag: string,
  format: 'docker-archive' | 'oci',
  to: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  await mkdir(dirname(to), { recursive: true });
  await rm(to, { recursive: true, force: true }); // buildah would refuse to replace it
  await buildah(directories(), ['push', '--quiet', tag, `${format}:${to}:${tag}`], signal);
}

/** The whole names of the images that were built here. */
export async function builtImages(signal: AbortSignal | undefined): Promise<Set<string>> {
  const listed = await buildah(directories(), ['images', '--json'], signal);
  const images = JSON.parse(listed) as { readonly names?: readonly string[] | null }[];
  return new Set(images.flatMap(({ names }) => names ?? []));
}

/** Gives an image that was built here another name as well. */
export async function nameImage(
  tag: string,
  also: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  await buildah(directories(), ['tag', tag, also], signal);
}

/** Takes these names away, and with the last one of an image the image. */
export async function removeImages(
  tags: readonly string[],
  signal: AbortSignal | undefined,
): Promise<void> {
  await buildah(directories(), ['rmi', '--force', ...tags], signal);
}

/**
 * Runs buildah on an image store of our own, in a mount namespace of its own: what it mounts is
 * gone when it ends, however it ends.
 */
async function buildah(
  places: Directories,
  args: readonly string[],
  signal: AbortSignal | undefined,
  onLine?: (line: string) => void,
): Promise<string> {
  const temporary = temporaryFolder(places);
  await mkdir(temporary, { recursive: true });
  const store = ['--root', join(places.imageStore, 'root')];
  const running = ['--runroot', join(places.imageStore, 'running')];
  const command = ['buildah', ...store, ...running, ...args];
  return runWork(['unshare', '--mount', 'sh', '-c', hideVarLib, 'sh', ...command], {
    environment: { TMPDIR: temporary },
    shown: ['buildah', ...args],
    signal,
    onLine,
  });
}

function temporaryFolder({ imageStore }: Directories): string {
  return join(imageStore, 'temporary');
}

// It keeps notes there too, whatever store it is given.
const hideVarLib = 'mount -n -t tmpfs tmpfs /var/lib && exec "$@"';
