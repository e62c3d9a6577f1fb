import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

import { ClusterError } from './cluster-error.ts';

/** The root of the repository. */
export const repository = fileURLToPath(new URL('../../', import.meta.url));

/** This folder. */
export const sources = fileURLToPath(new URL('./', import.meta.url));

/** Where everything outside the checkout lies. */
export interface Directories {
  readonly cache: string;
  /** Go builds, one folder per module and hash of its inputs. */
  readonly builds: string;
  /** Image archives, one file per image and hash of its inputs. */
  readonly archives: string;
  /** buildah's own image store, apart from the one of the machine's user. */
  readonly imageStore: string;
  /** npm's download cache, shared by the builds of the project's image. */
  readonly npmCache: string;
  /** The running cluster; gone when it is down. */
  readonly state: string;
  /** The logs of the last start that failed. */
  readonly failure: string;
}

// A node hides these behind file systems of its own, and a Unix socket's path holds 108 bytes.
const hidden = ['/run', '/var/run', '/var/lib', '/var/log', '/proc', '/sys'];
const longestState = 64;

/**
 * `PORTLOCK_E2E_CACHE`, else `portlock-e2e` in `XDG_CACHE_HOME` or `~/.cache`.
 * Throws a ClusterError where a cluster could not run from there.
 */
export function directories(environment: NodeJS.ProcessEnv = process.env): Directories {
  const caches = environment.XDG_CACHE_HOME || join(environment.HOME || homedir(), '.cache');
  const cache = resolve(environment.PORTLOCK_E2E_CACHE || join(caches, 'portlock-e2e'));
  const state = join(cache, 'cluster');
  const parent = hidden.find((path) => cache === path || cache.startsWith(`${path}/`));
  if (parent !== undefined) {
    throw new ClusterError(
      `The cache ${cache} lies in ${parent}, which a node can't see: set PORTLOCK_E2E_CACHE to another folder.`,
    );
  }
  if (state.length > longestState) {
    throw new ClusterError(
      `The cache ${cache} has too long a path for Unix sockets: set PORTLOCK_E2E_CACHE to a shorter one.`,
    );
  }
  return {
    cache,
    builds: join(cache, 'builds'),
    archives: join(cache, 'archives'),
    imageStore: join(cache, 'images'),
    npmCache: join(cache, 'npm'),
    state,
    failure: join(cache, 'failed-start'),
  };
}
