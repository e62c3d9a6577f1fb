import { fileURLToPath } from 'node:url';
import type { NetworkPolicy, Protocol } from '../../src/api/kubernetes.ts';
import { run } from '../cluster/command.ts';
import { goProgram } from '../cluster/go-program.ts';

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

/**
 * All steps of all cases that cyclonus generates, for IPv4 and for IPv6. Builds the program that
 * prints them, where that was not done before from these sources. Throws a ClusterError where there
 * is no Go, or with the words of what failed.
 */
export async function cyclonusSteps(signal: AbortSignal): Promise<CyclonusStep[]> {
  const program = await goProgram({ directory: sources, name: 'cyclonus', go: '1.24' }, signal);
  const lines = (await run([program], { signal })).trim().split('\n');
  return lines.map((line) => JSON.parse(line) as CyclonusStep);
}
