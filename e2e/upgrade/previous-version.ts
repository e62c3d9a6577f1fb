import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { run } from '../cluster/command.ts';
import { loadOperatorImage, OPERATOR_IMAGE, repository } from '../harness/environment.ts';
import type { Kubectl } from '../harness/kubectl.ts';

const TAG = OPERATOR_IMAGE.replace(/:.*/, ':previous');

/** What an upgrade begins with. */
export interface PreviousVersion {
  /** As `git` names it; the checkout itself where there is no tag yet. */
  readonly name: string;
  /** The whole installation, with an image that every node has. */
  readonly manifests: string;
}

/**
 * Builds the operator of the tag before this commit, or of what PORTLOCK_UPGRADE_FROM names, as that commit
 * itself says. Where there is neither, the upgrade is from this checkout: it is replaced by itself under another image name.
 */
export async function previousVersion(kubectl: Kubectl): Promise<PreviousVersion> {
  const commit = process.env.PORTLOCK_UPGRADE_FROM || (await tagBefore());
  if (commit === undefined) return build('this checkout', repository, kubectl);
  const tree = await mkdtemp(path.join(tmpdir(), 'portlock-previous-'));
  try {
    const archive = path.join(tree, 'tree.tar');
    await run(['git', 'archive', '--output', archive, commit], { directory: repository });
    await run(['tar', '--extract', '--file', archive, '--directory', tree]);
    return await build(commit, tree, kubectl);
  } finally {
    await rm(tree, { recursive: true, force: true });
  }
}

async function build(name: string, tree: string, kubectl: Kubectl): Promise<PreviousVersion> {
  await loadOperatorImage({ tree, tag: TAG }, undefined, () => undefined);
  const manifests = await kubectl.run(['kustomize', path.join(tree, 'e2e/config/operator')]);
  return { name, manifests: manifests.replaceAll(OPERATOR_IMAGE, TAG) };
}

/** The newest tag of a version before this commit, or undefined. */
async function tagBefore(): Promise<string | undefined> {
  const describe = ['git', 'describe', '--tags', '--abbrev=0', '--match=v[0-9]*', 'HEAD^'];
  return run(describe, { directory: repository }).then(
    (tag) => tag.trim(),
    () => undefined,
  );
}
