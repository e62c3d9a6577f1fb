import type { KubeClient } from '../kube/client.ts';
import { checkPaths } from './check/check-paths.ts';
import { type CheckResult, exitCodeOf, resultOf } from './check/check-result.ts';
import { type ClusterFlags, findCluster } from './cluster-access.ts';
import { CommandError } from './command-error.ts';
import { checkDocument } from './format/check-document.ts';
import { checkTable } from './format/check-table.ts';
import { jsonText, yamlText } from './format/structured.ts';
import type { Streams } from './streams.ts';
import { type Placement, placementOf } from './throwaway/placement.ts';
import { withThrowaway } from './throwaway/throwaway.ts';
import { Words } from './words.ts';

/** The arguments of `portlock check`, parsed. */
export interface CheckFlags extends ClusterFlags {
  image: string;
  /** A pod of the namespace, as which the pods of the check are to run. */
  likePod: string | undefined;
  /** How long a network may take to heed a policy, and how long all of it may take, in ms. */
  settle: number;
  timeout: number;
  output: 'table' | 'json' | 'yaml';
  quiet: boolean;
}

/** So much longer than the command its pods may live, in seconds. */
const GRACE_SECONDS = 30;

/**
 * Finds out whether a cluster enforces NetworkPolicies, how, and how soon.
 * @returns the exit code: 0 it does, 1 it does not, 2 it could not be told
 * @throws CommandError, KubeConfigError: it could not even be tried, in one line
 */
export async function runCheck(
  flags: CheckFlags,
  streams: Streams,
  signal: AbortSignal,
): Promise<number> {
  const words = new Words({ isQuiet: flags.quiet }, streams);
  const { client } = findCluster(flags);
  try {
    const result = await check(flags, { client, words }, signal);
    await streams.stdout(formatted(result, flags));
    words.say(result.why);
    return exitCodeOf(result);
  } finally {
    await client.close();
  }
}

async function check(
  { image, namespace, likePod, settle, timeout }: CheckFlags,
  { client, words }: { client: ReturnType<typeof findCluster>['client']; words: Words },
  signal: AbortSignal,
): Promise<CheckResult> {
  const deadline = AbortSignal.timeout(timeout);
  const ended = AbortSignal.any([signal, deadline]);
  const lifetime = Math.ceil(timeout / 1_000) + GRACE_SECONDS;
  const placement = await placementLike(likePod, namespace, client);
  const made = { purpose: 'portlock-check', image, namespace, lifetime, placement };
  const options = { client, words, ...made };
  const about = { image, warnings: words.warnings };
  try {
    const paths = await withThrowaway(options, ended, (throwaway) =>
      checkPaths(throwaway, settle, words, ended),
    );
    signal.throwIfAborted();
    return resultOf(paths, about);
  } catch (error) {
    if (!deadline.aborted || signal.aborted) throw error;
    throw new CommandError(
      `it was not done within ${timeout / 1_000} s: give more by --timeout, and look whether the nodes get the image ${image}`,
    );
  }
}

async function placementLike(
  pod: string | undefined,
  namespace: string | undefined,
  client: KubeClient,
): Promise<Placement | undefined> {
  if (pod === undefined) return undefined;
  if (namespace === undefined)
    throw new CommandError('--like-pod is about a pod of a namespace: name that by --namespace');
  return placementOf(client, namespace, pod);
}

function formatted(result: CheckResult, { output }: CheckFlags): string {
  switch (output) {
    case 'json':
      return jsonText(checkDocument(result));
    case 'yaml':
      return yamlText(checkDocument(result));
    default:
      return checkTable(result);
  }
}
