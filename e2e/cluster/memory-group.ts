import { existsSync } from 'node:fs';
import { mkdir, readFile, rmdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { newWorkGroup } from './control-group.ts';

const MOUNT_POINT = '/sys/fs/cgroup';

/** A control group whose processes together may take so much memory and no more, as a container has one. */
export class MemoryGroup {
  readonly #path: string;
  readonly #files: { limit: string; peak: string };

  private constructor(directory: string, files: { limit: string; peak: string }) {
    this.#path = directory;
    this.#files = files;
  }

  /** Takes the rights of root. */
  static async make(bytes: number): Promise<MemoryGroup> {
    const isUnified = existsSync(path.join(MOUNT_POINT, 'cgroup.controllers'));
    const files = isUnified
      ? { limit: 'memory.max', peak: 'memory.peak' }
      : { limit: 'memory.limit_in_bytes', peak: 'memory.max_usage_in_bytes' };
    const root = isUnified ? MOUNT_POINT : path.join(MOUNT_POINT, 'memory');
    const directory = path.join(root, newWorkGroup());
    await mkdir(directory, { recursive: true });
    if (isUnified)
      for (let each = path.dirname(directory); each.startsWith(root); each = path.dirname(each))
        await writeFile(path.join(each, 'cgroup.subtree_control'), '+memory');
    await writeFile(path.join(directory, files.limit), `${bytes}`);
    return new MemoryGroup(directory, files);
  }

  /** Whoever writes a pid there is in the group from then on. */
  get processes(): string {
    return path.join(this.#path, 'cgroup.procs');
  }

  /** The most that was ever in use, in bytes: what files take of it the kernel gives up first. */
  async peak(): Promise<number> {
    return Number(await readFile(path.join(this.#path, this.#files.peak), 'utf8'));
  }

  /** Once no process is in it. */
  async remove(): Promise<void> {
    await rmdir(this.#path);
    // Not while others are in there.
    await rmdir(path.dirname(this.#path)).catch(() => {});
    await rmdir(path.dirname(path.dirname(this.#path))).catch(() => {});
  }
}
