import { existsSync } from 'node:fs';
import { chmod, copyFile, mkdir, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { arch } from 'node:process';

import { buildImage, builtImages, nameImage, removeImages } from './build-image.ts';
import { cachedFolder, removeCachedFolder } from './cached-folder.ts';
import { ClusterError } from './cluster-error.ts';
import { run } from './command.ts';
import { type Directories, repository } from './directories.ts';
import { filesIn, hashInputs } from './inputs-hash.ts';
import { npmFolder, npmInBuilder } from './npm-mounts.ts';
import type { Say } from './progress.ts';

/** The names of the images that every start has, by what they are for. */
export const images = {
  /** A pod's sandbox. */
  pause: 'localhost/portlock-e2e/pause:1',
  /** Kubernetes' own test image: `/agnhost netexec`, `connect`, `porter` and more. */
  agnhost: 'localhost/portlock-e2e/agnhost:1',
  /** Laid out as gcr.io/distroless/nodejs24 is: `/nodejs/bin/node`, uid 65532, no shell. */
  distrolessNode: 'localhost/portlock-e2e/distroless-node:24',
  /** Node, npm and a shell, where the project's Dockerfile would have docker.io/library/node:24. */
  builder: 'localhost/portlock-e2e/builder:24',
} as const;

const archiveName = 'image.tar';
const certificates = '/etc/ssl/certs/ca-certificates.crt';

interface Building {
  readonly places: Directories;
  /** What the image store holds already. */
  readonly built: ReadonlySet<string>;
  readonly say: Say;
  readonly signal: AbortSignal | undefined;
}

interface BaseImage {
  readonly name: string;
  readonly tag: string;
  /** Files to copy, by where they go from the image's root. */
  readonly files: Readonly<Record<string, string>>;
  /** Files to write, by where they go from the image's root; executable. */
  readonly texts?: Readonly<Record<string, string>>;
  readonly links?: Readonly<Record<string, string>>;
  /** The rest of the Dockerfile. */
  readonly settings: readonly string[];
}

/**
 * Builds the base images that are not in the cache, and returns the archives of those that pods
 * can run (all but the builder).
 */
export async function buildBaseImages(
  places: Directories,
  kubernetes: string,
  say: Say,
  signal: AbortSignal | undefined,
): Promise<string[]> {
  const building = { places, built: await builtImages(signal), say, signal };
  const archives: string[] = [];
  for (const image of [pause(kubernetes), agnhost(kubernetes)]) {
    archives.push(await ensureImage(image, building));
  }
  return [...archives, await buildNodeImages(places, say, signal)];
}

/**
 * Builds the images that the project's Dockerfile begins with, where they are not in the cache, and returns the
 * archive of the one that pods can run.
 */
export async function buildNodeImages(
  places: Directories,
  say: Say,
  signal: AbortSignal | undefined,
): Promise<string> {
  const node = await nodeFiles(signal);
  const building = { places, built: await builtImages(signal), say, signal };
  const archive = await ensureImage(distrolessNode(node), building);
  await ensureImage(await builder(node, signal), building);
  return archive;
}

function pause(kubernetes: string): BaseImage {
  return {
    name: 'pause',
    tag: images.pause,
    files: { pause: join(kubernetes, 'pause') },
    settings: ['ENTRYPOINT ["/pause"]'],
  };
}

function agnhost(kubernetes: string): BaseImage {
  return {
    name: 'agnhost',
    tag: images.agnhost,
    files: { agnhost: join(kubernetes, 'agnhost') },
    settings: ['ENTRYPOINT ["/agnhost"]', 'CMD ["pause"]'],
  };
}

/** The node program of the repository's dependencies, its libraries, and where they go. */
interface NodeFiles {
  readonly program: string;
  readonly libraries: Readonly<Record<string, string>>;
}

async function nodeFiles(signal: AbortSignal | undefined): Promise<NodeFiles> {
  const program = join(repository, `node_modules/node-linux-${arch}/bin/node`);
  const listed = await run(['ldd', program], { signal }).catch(() => {
    throw new ClusterError(`There is no ${program}: run npm ci first.`);
  });
  const linked = [...listed.matchAll(/(?:=> |^\s*)(\/\S+) \(0x/gm)].map((match) => match[1] ?? '');
  const paths = [...linked, ...restOfLibc(linked)];
  return {
    program,
    libraries: Object.fromEntries(paths.map((path) => [path.slice(1), path])),
  };
}

/** The parts of glibc that node itself does without and its native add-ons may ask for; both images of Node's makers have them. */
function restOfLibc(linked: readonly string[]): string[] {
  const folder = dirname(linked.find((path) => path.endsWith('/libc.so.6')) ?? '/lib/libc.so.6');
  return [
    'libanl.so.1',
    'libnss_dns.so.2',
    'libnss_files.so.2',
    'libresolv.so.2',
    'librt.so.1',
    'libutil.so.1',
  ]
    .map((name) => join(folder, name))
    .filter((path) => existsSync(path) && !linked.includes(path));
}

function distrolessNode(node: NodeFiles): BaseImage {
  return {
    name: 'distroless-node',
    tag: images.distrolessNode,
    files: {
      'nodejs/bin/node': node.program,
      ...node.libraries,
      [certificates.slice(1)]: certificates,
    },
    texts: {
      'etc/passwd': [
        'root:x:0:0:root:/root:/sbin/nologin',
        'nobody:x:65534:65534:nobody:/nonexistent:/sbin/nologin',
        'nonroot:x:65532:65532:nonroot:/home/nonroot:/sbin/nologin\n',
      ].join('\n'),
      'etc/group': 'root:x:0:\nnobody:x:65534:\nnonroot:x:65532:\n',
    },
    settings: [
      'COPY --chown=65532:65532 home /home',
      'COPY tmp /tmp',
      'USER 65532',
      'WORKDIR /home/nonroot',
      'ENTRYPOINT ["/nodejs/bin/node"]',
    ],
  };
}

async function builder(node: NodeFiles, signal: AbortSignal | undefined): Promise<BaseImage> {
  const npm = await npmFolder(signal);
  const npmFiles = Object.entries(await filesIn(npm)).map(
    ([name, path]) => [`usr/local/lib/node_modules/npm/${name}`, path] as const,
  );
  const busybox = (await run(['sh', '-c', 'command -v busybox'], { signal })).trim();
  const applets = (await run([busybox, '--list'], { signal })).trim().split('\n');
  const npmScript = (program: string) => `#!/bin/sh
[ ! -f ${npmInBuilder.environment} ] || . ${npmInBuilder.environment}
export NPM_CONFIG_USERCONFIG=${npmInBuilder.userSettings}
export NPM_CONFIG_GLOBALCONFIG=${npmInBuilder.globalSettings}
export NPM_CONFIG_CACHE=${npmInBuilder.cache}
exec node /usr/local/lib/node_modules/npm/bin/${program}-cli.js "$@"
`;
  return {
    name: 'builder',
    tag: images.builder,
    files: {
      'usr/local/bin/node': node.program,
      ...node.libraries,
      ...Object.fromEntries(npmFiles),
      'bin/busybox': busybox,
      [certificates.slice(1)]: certificates,
    },
    texts: {
      'usr/local/bin/npm': npmScript('npm'),
      'usr/local/bin/npx': npmScript('npx'),
      'etc/passwd': 'root:x:0:0:root:/root:/bin/sh\nnode:x:1000:1000::/home/node:/bin/sh\n',
      'etc/group': 'root:x:0:\nnode:x:1000:\n',
    },
    links: {
      ...Object.fromEntries(
        applets.filter((name) => name !== 'busybox').map((name) => [`bin/${name}`, 'busybox']),
      ),
      'usr/bin/env': '/bin/busybox', // "#!/usr/bin/env node"
    },
    settings: ['COPY tmp /tmp', 'ENV PATH=/usr/local/bin:/bin', 'CMD ["node"]'],
  };
}

/** The image's archive; builds it unless the cache and the image store have it of these inputs. */
async function ensureImage(
  image: BaseImage,
  { places, built, say, signal }: Building,
): Promise<string> {
  const { files, ...rest } = image;
  const hash = await hashInputs({ values: [JSON.stringify(rest)], files });
  const [repository = ''] = image.tag.split(':');
  const inputsTag = `${repository}:inputs-${hash}`;
  const version = { parent: places.archives, name: image.name, hash };
  if (!built.has(inputsTag)) await removeCachedFolder(version);
  const folder = await cachedFolder(version, async (unfinished) => {
    say(`building the image ${image.tag}`);
    await build(image, unfinished, signal);
    await nameImage(image.tag, inputsTag, signal);
    const outdated = [...built].filter((name) => name.startsWith(`${repository}:inputs-`));
    if (outdated.length > 0) await removeImages(outdated, signal);
  });
  return join(folder, archiveName);
}

/** Builds the image from a context of its own inside the folder, which then holds its archive. */
async function build(
  image: BaseImage,
  folder: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  const context = join(folder, 'context');
  const root = join(context, 'root');
  for (const path of ['home/nonroot', 'tmp']) await mkdir(join(context, path), { recursive: true });
  await chmod(join(context, 'tmp'), 0o1777);
  for (const [to, from] of Object.entries(image.files)) {
    await mkdir(dirname(join(root, to)), { recursive: true });
    await copyFile(await realpath(from), join(root, to));
  }
  for (const [to, text] of Object.entries(image.texts ?? {})) {
    await mkdir(dirname(join(root, to)), { recursive: true });
    await writeFile(join(root, to), text, { mode: to.startsWith('etc/') ? 0o644 : 0o755 });
  }
  for (const [to, target] of Object.entries(image.links ?? {})) {
    await mkdir(dirname(join(root, to)), { recursive: true });
    await symlink(target, join(root, to));
  }
  const dockerfile = join(folder, 'Dockerfile');
  await writeFile(dockerfile, ['FROM scratch', 'COPY root /', ...image.settings, ''].join('\n'));
  await buildImage({
    dockerfile,
    context,
    tag: image.tag,
    archive: join(folder, archiveName),
    signal,
  });
  await rm(context, { recursive: true });
}
