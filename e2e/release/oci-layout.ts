import { readFile } from 'node:fs/promises';
import path from 'node:path';

/** An image as it lies in an OCI layout; by image-spec's image-layout.md, manifest.md and config.md. */
export interface OciImage {
  /** Of the manifest: what the image is pulled by. */
  readonly digest: string;
  readonly layers: readonly { readonly digest: string; readonly size: number }[];
  readonly architecture: string;
  readonly created: string;
  readonly config: {
    readonly User: string;
    readonly Labels: Readonly<Record<string, string>>;
  };
}

/** The only image of a layout. */
export async function readLayout(folder: string): Promise<OciImage> {
  const index = JSON.parse(await readFile(path.join(folder, 'index.json'), 'utf8'));
  const [{ digest }] = index.manifests;
  const blob = async (of: string) =>
    JSON.parse(await readFile(path.join(folder, 'blobs', of.replace(':', '/')), 'utf8'));
  const { layers, config } = await blob(digest);
  return { digest, layers, ...(await blob(config.digest)) };
}
