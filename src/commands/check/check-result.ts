import { BY_CAUTION, type CheckVerdict } from './path-progress.ts';

/** What was seen of connections from one pod to another. */
export interface CheckedPath {
  fromNode: string;
  toNode: string;
  verdict: CheckVerdict;
  /** From the making of the policy to the first of the connections that met it, in ms; undefined where none did. */
  after: number | undefined;
  /** Why it is not known; empty where it is. */
  why: string;
}

/** What `portlock check` found out. */
export interface CheckResult {
  verdict: CheckVerdict;
  /** In a sentence without a full stop. */
  why: string;
  /** The slowest path, in ms; undefined where nothing is enforced. */
  after: number | undefined;
  paths: readonly CheckedPath[];
  image: string;
  warnings: readonly string[];
}

const WHY: Readonly<Record<CheckVerdict, string>> = {
  Dropped: 'This network enforces NetworkPolicies: a connection that none allows gets no answer',
  Rejected: 'This network enforces NetworkPolicies: a connection that none allows is refused',
  NotEnforced:
    'This network does not enforce NetworkPolicies: a connection that none allows was made',
  Inconclusive: 'It cannot be told whether this network enforces NetworkPolicies',
};

/** The path that allows the least to be claimed decides. */
export function resultOf(
  paths: readonly CheckedPath[],
  about: Pick<CheckResult, 'image' | 'warnings'>,
): CheckResult {
  const verdict =
    BY_CAUTION.find((each) => paths.some((path) => path.verdict === each)) ?? 'Inconclusive';
  const trouble = paths.find((path) => path.verdict === verdict)?.why;
  const times = paths.flatMap(({ after }) => after ?? []);
  const isEnforced = verdict === 'Dropped' || verdict === 'Rejected';
  return {
    verdict,
    why: trouble ? `${WHY[verdict]}: ${trouble}` : WHY[verdict],
    after: isEnforced ? Math.max(...times) : undefined,
    paths,
    ...about,
  };
}

/** 0: policies are enforced. 1: they are not. 2: it could not be told. */
export function exitCodeOf({ verdict }: CheckResult): number {
  return { Dropped: 0, Rejected: 0, NotEnforced: 1, Inconclusive: 2 }[verdict];
}
