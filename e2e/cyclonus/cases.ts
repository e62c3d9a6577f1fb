import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { NetworkPolicy, Protocol } from '../../src/api/kubernetes.ts';
import { cachedFolder } from '../cluster/cached-folder.ts';
import { ClusterError } from '../cluster/cluster-error.ts';
import { run } from '../cluster/command.ts';
import { directories } from '../cluster/directories.ts';
import { hashInputs } from '../cluster/inputs-hash.ts';
import { isProvided } from '../cluster/search-path.ts';

/** A pod of a test case; every container declares one port. */
export interface CyclonusPod {
  namespace: string;
  name: string;
  labels: Record<string, string> | null;
  ip: string;
  ports: { name: string; port: number; protocol: Protocol }[];
}

/** One step of a test case, after its actions: what is in the cluster, and what that means to cyclonus. */
export interface CyclonusStep {
  case: string;
  /** From 1. */
  step: number;
  family: 'IPv4' | 'IPv6';
  namespaces: Record<string, Record<string, string>>;
  pods: CyclonusPod[];
  /** Addresses of sources that are no pods. */
  external: string[];
  policies: NetworkPolicy[];
  /**
   * One character for every source (the pods, then the external addresses), for every pod as
   * destination, for every port of that pod: `.` where ingress is allowed, `X` where it is blocked.
   */
  ingress: string;
}

const sources = fileURLToPath(new URL('./', import.meta.url));
const environment = {
  CGO_ENABLED: '0',
  GOFLAGS: '-mod=readonly -buildvcs=false',
  GOWORK: 'off',
};

/**
 * All steps of all cases that cyclonus generates, for IPv4 and for IPv6. Builds the program that
 * prints them, where that was not done before from these sources. Throws a ClusterError where there
 * is no Go, or with the words of what failed.
 */
export async function cyclonusSteps(signal: AbortSignal): Promise<CyclonusStep[]> {
  const program = join(await buildProgram(signal), 'cyclonus');
  const lines = (await run([program], { signal })).trim().split('\n');
  return lines.map((line) => JSON.parse(line) as CyclonusStep);
}

async function buildProgram(signal: AbortSignal): Promise<string> {
  if (!isProvided('go')) throw new ClusterError('Go 1.24 or newer is needed to run cyclonus.');
  const inGo = { directory: sources, environment, signal };
  const names = ['go.mod', 'go.sum', 'main.go'];
  const hash = await hashInputs({
    values: [await run(['go', 'version'], inGo), JSON.stringify(environment)],
    files: Object.fromEntries(names.map((name) => [name, join(sources, name)])),
  });
  const { builds } = directories();
  return cachedFolder({ parent: builds, name: 'cyclonus', hash }, async (folder) => {
    await run(['go', 'build', '-trimpath', '-o', join(folder, 'cyclonus'), '.'], inGo);
  });
}
