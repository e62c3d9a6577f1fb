// Generated from schemas/audit-result.v1alpha1.json by `npm run generate`. Do not edit.

/**
 * What portlock audit -o json and portlock report -o json say. Every field is always there, null where nothing is known. Fields may be added; none changes its meaning or goes within v1alpha1.
 */
export interface AuditResult {
  /**
   * The version of this format.
   */
  apiVersion: 'portlock.dev/v1alpha1';
  /**
   * The kind of this document; never an object of a cluster.
   */
  kind: 'AuditResult';
  /**
   * Clean: nothing but notes was found. Findings: something was. Unknown: something could not be read.
   */
  verdict: 'Clean' | 'Findings' | 'Unknown';
  /**
   * What could not be read, and why.
   */
  problems: AuditProblem[];
  /**
   * Those at the greatest risk first.
   */
  workloads: AuditedWorkload[];
}
export interface AuditProblem {
  /**
   * As it was named; - for stdin, empty where it is about no file.
   */
  file: string;
  /**
   * From 1.
   */
  line: number | null;
  /**
   * From 1.
   */
  column: number | null;
  /**
   * A sentence without a full stop.
   */
  message: string;
}
export interface AuditedWorkload {
  /**
   * Deployment, StatefulSet, DaemonSet, ReplicaSet, Job, CronJob, Rollout.
   */
  kind: string;
  namespace: string;
  name: string;
  /**
   * Where its manifest is; null for one of a cluster.
   */
  file: string | null;
  /**
   * From 1.
   */
  line: number | null;
  /**
   * The label portlock.dev/mode that counts, as it is.
   */
  mode: string | null;
  /**
   * The ports that the policy is to allow, by number and protocol.
   */
  declared: {
    port: number;
    protocol: 'TCP' | 'UDP' | 'SCTP';
    /**
     * The containers that declare it; empty for one that only an annotation declares.
     */
    containers: string[];
  }[];
  /**
   * Ranges that it is to allow, too; by the annotation alone.
   */
  declaredRanges: {
    first: number;
    last: number;
    protocol: 'TCP' | 'UDP' | 'SCTP';
  }[];
  /**
   * What policies allow today.
   */
  allowed: {
    /**
     * All: nothing isolates the pods. Some: the ports that are listed. Unknown: a policy that is not worked out has a say.
     */
    verdict: 'All' | 'Some' | 'Unknown';
    /**
     * Null unless the verdict is Some.
     */
    ports:
      | {
          first: number;
          last: number;
          protocol: 'TCP' | 'UDP' | 'SCTP';
          /**
           * Whether anybody may connect, or some peers.
           */
          to: 'Everybody' | 'Some';
        }[]
      | null;
  };
  /**
   * The ports on which a connection was made; null where nobody tried.
   */
  reachable:
    | {
        port: number;
        protocol: 'TCP' | 'UDP' | 'SCTP';
      }[]
    | null;
  /**
   * What listens on an address that others can reach; null where nobody looked.
   */
  listening:
    | {
        port: number;
        protocol: 'TCP' | 'UDP' | 'SCTP';
        /**
         * Null where it could not be told.
         */
        container: string | null;
        /**
         * Null where it could not be told.
         */
        process: string | null;
        /**
         * That of the container.
         */
        image: string | null;
      }[]
    | null;
  /**
   * Who is connected now to undeclared ports; null where nobody looked.
   */
  connected:
    | {
        port: number;
        protocol: 'TCP' | 'UDP' | 'SCTP';
        /**
         * namespace/name of a pod, or an address.
         */
        peers: string[];
      }[]
    | null;
  /**
   * Which uses of its ports a policy of the declared ports would cut off, those that the owner accepts left out.
   */
  cuts: {
    /**
     * A number, or a name that no container has.
     */
    port: string;
    protocol: 'TCP' | 'UDP' | 'SCTP';
    /**
     * Who uses it, for example Service shop/web port 80.
     */
    users: string[];
    /**
     * Whether portlock makes no policy while it is so.
     */
    holds: boolean;
  }[];
  /**
   * The policies that select the pods, and what each does.
   */
  policies: {
    group: string;
    kind: string;
    name: string;
    effect: 'Managed' | 'Widens' | 'Restricts' | 'None' | 'Unknown';
    message?: string;
  }[];
  /**
   * What enforce mode would do.
   */
  enforce: {
    /**
     * Whether there would be a policy; null where not all could be read that decides.
     */
    applies: boolean | null;
    /**
     * Why not, in CamelCase.
     */
    reason: string | null;
    /**
     * Why not, in a sentence.
     */
    message: string | null;
    /**
     * The NetworkPolicy; null where there is none, or it is not known.
     */
    policy: object | null;
  };
  /**
   * The worst first.
   */
  findings: AuditFinding[];
}
export interface AuditFinding {
  /**
   * Stable; see docs/checks.md.
   */
  id: string;
  /**
   * Its name in CamelCase.
   */
  name: string;
  /**
   * A note alone makes no exit code.
   */
  severity: 'high' | 'medium' | 'low' | 'note';
  /**
   * Where it is to be mended; null in a cluster.
   */
  file: string | null;
  /**
   * From 1.
   */
  line: number | null;
  /**
   * What was found: sentences, the last one without a full stop.
   */
  message: string;
  /**
   * What mends it, in a sentence.
   */
  fix: string;
  /**
   * The part of the workload that mends it, in YAML, as a strategic merge patch has it; null where a person has to choose.
   */
  patch: string | null;
}
