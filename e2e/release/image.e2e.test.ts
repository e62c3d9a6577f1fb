import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { arch } from 'node:process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import { buildNodeImages, images } from '../cluster/base-images.ts';
import { buildImage, type ImageBuild, removeImages } from '../cluster/build-image.ts';
import { directories } from '../cluster/directories.ts';
import { repository } from '../harness/environment.ts';
import { type OciImage, readLayout } from './oci-layout.ts';

const NAME = 'localhost/portlock-e2e/release';
const [HERE, ELSEWHERE] = arch === 'arm64' ? ['arm64', 'amd64'] : ['amd64', 'arm64'];
/** Nothing of it is run, and so it needs no Node: what is built on it is looked at. */
const BASE_ELSEWHERE = `${NAME}-base:${ELSEWHERE}`;
const TIMESTAMP = 1_000_000_000;
const LIMIT_BYTES = 200e6;

/** The Dockerfile of a release, on what stands in for its two images; no cluster takes part. */
describe('the image', () => {
  let folder: string;
  let first: OciImage;
  let again: OciImage;
  let elsewhere: OciImage;
  const tags: string[] = [];

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'portlock-release-'));
    await buildNodeImages(directories(), () => undefined, undefined);
    await buildBaseElsewhere();
    first = await buildRelease('first');
    again = await buildRelease('again');
    elsewhere = await buildRelease('elsewhere', {
      platform: `linux/${ELSEWHERE}`,
      buildArgs: {
        BUILDER: images.builder,
        BASE: BASE_ELSEWHERE,
        // Docker's BuildKit knows it, this buildah does not.
        BUILDPLATFORM: `linux/${HERE}`,
      },
    });
  });
  afterAll(async () => {
    if (tags.length > 0) await removeImages(tags, undefined);
    await rm(folder, { recursive: true });
  });

  async function build(of: ImageBuild): Promise<void> {
    await buildImage(of);
    tags.push(of.tag);
  }

  async function buildRelease(name: string, options: Partial<ImageBuild> = {}): Promise<OciImage> {
    const layout = path.join(folder, name);
    await build({
      dockerfile: path.join(repository, 'Dockerfile'),
      context: repository,
      tag: `${NAME}:${name}`,
      timestamp: TIMESTAMP,
      // Those of the tests' own image have another time.
      layers: 'fresh',
      buildArgs: { BUILDER: images.builder, BASE: images.distrolessNode },
      layout,
      ...options,
    });
    return readLayout(layout);
  }

  async function buildBaseElsewhere(): Promise<void> {
    const context = path.join(folder, 'base');
    await mkdir(context);
    await writeFile(path.join(context, 'platform'), `linux/${ELSEWHERE}\n`);
    const dockerfile = path.join(context, 'Dockerfile');
    await writeFile(dockerfile, 'FROM scratch\nCOPY platform /etc/\n');
    await build({ dockerfile, context, tag: BASE_ELSEWHERE, platform: `linux/${ELSEWHERE}` });
  }

  /** What the Dockerfile adds to its base. */
  const added = ({ layers }: OciImage) => layers.slice(-2);

  test('built twice has one digest', () => {
    expect(again.digest).toBe(first.digest);
    expect(Date.parse(first.created)).toBe(TIMESTAMP * 1000);
  });

  test(`for ${ELSEWHERE} has the same JavaScript, byte for byte`, () => {
    expect([first.architecture, elsewhere.architecture]).toEqual([HERE, ELSEWHERE]);
    expect(added(elsewhere)).toEqual(added(first));
  });

  test('runs as nobody, and says what it is', () => {
    expect(first.config.User).toBe('65532:65532');
    expect(first.config.Labels).toMatchObject({
      'org.opencontainers.image.title': 'portlock',
      'org.opencontainers.image.version': packageJson.version,
      'org.opencontainers.image.licenses': 'Apache-2.0',
    });
  });

  test('has the licences of all that it has code of', async () => {
    const files = await Promise.all(
      added(first).map(async ({ digest }) => {
        const blob = path.join(folder, 'first/blobs', digest.replace(':', '/'));
        return (await promisify(execFile)('tar', ['--list', '--file', blob])).stdout.split('\n');
      }),
    );
    expect(files.flat()).toEqual(
      expect.arrayContaining(['app/LICENSE', 'app/THIRD-PARTY-LICENSES.txt']),
    );
  });

  test('is small: what comes to its base is a few megabytes', () => {
    const bytes = added(first).reduce((sum, { size }) => sum + size, 0);
    expect(bytes).toBeLessThan(LIMIT_BYTES / 20);
  });
});
