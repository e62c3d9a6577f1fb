import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { stringify } from 'yaml';
import { run } from '../cluster/command.ts';

/** What git holds: the objects of a file by its name, or its text. */
export type Manifests = Readonly<Record<string, string | readonly object[]>>;

export const BRANCH = 'main';

/** Whatever the machine's user has set does not matter. */
const environment = {
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_SYSTEM: '/dev/null',
  GIT_AUTHOR_NAME: 'portlock',
  GIT_AUTHOR_EMAIL: 'portlock@example.com',
  GIT_COMMITTER_NAME: 'portlock',
  GIT_COMMITTER_EMAIL: 'portlock@example.com',
};

/** A git repository of a test. */
export class GitRepository {
  readonly folder: string;

  private constructor(folder: string) {
    this.folder = folder;
  }

  static async create(parent: string): Promise<GitRepository> {
    await mkdir(parent, { recursive: true });
    const repository = new GitRepository(await mkdtemp(path.join(parent, 'repository-')));
    await repository.#git('init', '--quiet', '--initial-branch', BRANCH);
    return repository;
  }

  /** Commits these files and no others; returns the commit's hash. */
  async commit(files: Manifests): Promise<string> {
    await this.#git('rm', '-r', '--quiet', '--ignore-unmatch', '.');
    await mkdir(this.folder, { recursive: true }); // git removes a folder that became empty
    for (const [name, content] of Object.entries(files)) {
      await writeFile(path.join(this.folder, name), textOf(content));
    }
    await this.#git('add', '--all');
    await this.#git('commit', '--quiet', '--allow-empty', '--message', 'Change what is delivered');
    return (await this.#git('rev-parse', 'HEAD')).trim();
  }

  /** Writes the files of the last commit as a .tar.gz. */
  async archive(file: string): Promise<void> {
    await this.#git('archive', '--format', 'tar.gz', '--output', file, 'HEAD');
  }

  #git(...args: string[]): Promise<string> {
    return run(['git', '-C', this.folder, ...args], { environment });
  }
}

function textOf(content: string | readonly object[]): string {
  if (typeof content === 'string') return content;
  // Argo CD takes a file that begins like JSON for one object, and an unquoted off for false.
  return content.map((object) => stringify(object, { version: '1.1' })).join('---\n');
}
