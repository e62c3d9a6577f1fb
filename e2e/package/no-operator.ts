import path from 'node:path';
import { repository } from '../harness/environment.ts';
import type { Kubectl } from '../harness/kubectl.ts';

/** Takes away all that a file before may have installed, and waits until it is gone. */
export async function removeOperator(kubectl: Kubectl): Promise<void> {
  for (const folder of ['config/admission', 'config/default'])
    await kubectl.run([
      'delete',
      '--ignore-not-found',
      '--wait',
      '--kustomize',
      path.join(repository, folder),
    ]);
}

/** Applies what kustomize makes of a folder of config/, with the image of this checkout. */
export async function applyFolder(kubectl: Kubectl, folder: string): Promise<void> {
  const text = await kubectl.run(['kustomize', path.join(repository, folder)]);
  await kubectl.run(
    ['apply', '--server-side', '--force-conflicts', '--filename', '-'],
    text.replaceAll(
      /image: ghcr\.io\/portlock\/portlock:\S+/g,
      'image: localhost/portlock-e2e/portlock:test',
    ),
  );
}
