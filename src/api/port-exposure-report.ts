// Generated from crds/portlock.dev_portexposurereports.yaml by `npm run generate`. Do not edit.
import type {ObjectMeta} from './object-meta.ts';

/**
 * PortExposureReport says which ports of a workload are declared, which are reachable, and whether the difference is enforced. portlock writes one for every opted-in workload; it has the workload's name (with the kind behind it unless that is a Deployment) and goes when the workload goes.
 */
export interface PortExposureReport {
  /**
   * The versioned schema of this object.
   */
  apiVersion: 'portlock.dev/v1alpha1';
  /**
   * The kind of this object.
   */
  kind: 'PortExposureReport';
  metadata: ObjectMeta;
  /**
   * The workload that the report is about.
   */
  spec: {
    /**
     * The workload, in the report's own namespace.
     */
    targetRef: {
      /**
       * API group and version of the workload, for example apps/v1.
       */
      apiVersion: string;
      /**
       * Kind of the workload, for example Deployment.
       */
      kind: string;
      /**
       * Name of the workload.
       */
      name: string;
    };
  };
  /**
   * What was decided, what was probed, and what follows. Written by portlock alone.
   */
  status?: {
    /**
     * The generation of this report that the status describes.
     */
    observedGeneration?: number;
    /**
     * The generation of the workload that the status describes.
     */
    targetGeneration?: number;
    /**
     * What the portlock.dev/mode label asks for. Invalid is a value that portlock does not know: the last good policy then stays as it is.
     */
    mode?: 'Audit' | 'Enforce' | 'Invalid';
    /**
     * The findings in numbers.
     */
    summary?: {
      /**
       * Ports declared by the template, by live pods and by the extra-ports annotation.
       */
      declared?: number;
      /**
       * Undeclared ports on which a connection was made.
       */
      undeclaredReachable?: number;
      /**
       * Declared ports that something between the prober and the pods filters.
       */
      declaredUnreachable?: number;
      /**
       * Declared ports of which a probe cannot tell anything.
       */
      unverifiable?: number;
    };
    /**
     * Declared ports, and undeclared ones that were reached, worst first.
     *
     * @maxItems 256
     */
    ports?: {
      /**
       * The port number on the pod.
       */
      port: number;
      /**
       * The transport protocol.
       */
      protocol: 'TCP' | 'UDP' | 'SCTP';
      /**
       * Whether the workload declares the port.
       */
      declared: boolean;
      /**
       * The containers that declare the port, by name; empty for one that only the annotation declares.
       *
       * @maxItems 16
       */
      containers?: string[];
      /**
       * What the NetworkPolicies in force mean for a connection from the prober.
       */
      expected: 'Allowed' | 'Denied' | 'Unknown';
      /**
       * What the prober saw, the same three times where it is bad news.
       */
      observed: 'Open' | 'Refused' | 'Filtered' | 'Unknown';
      /**
       * What the difference means; absent where there is nothing to say.
       */
      finding?:
        | 'UndeclaredReachable'
        | 'DeclaredUnreachable'
        | 'DeclaredNotListening'
        | 'DeclaredUnused'
        | 'Unverifiable';
      /**
       * The finding in a sentence.
       */
      message?: string;
      /**
       * On how many of the probed pods this was observed.
       */
      pods?: number;
      /**
       * Where the pods have addresses of both IP families and this was observed over one of them only, that one; absent otherwise. What was expected and the message are about it.
       *
       * @maxItems 2
       */
      families?: ('IPv4' | 'IPv6')[];
      /**
       * Of drift, when it was first observed without a break.
       */
      firstSeenTime?: string;
      /**
       * Of drift, when it was last observed.
       */
      lastSeenTime?: string;
      /**
       * Of drift that only the second probe saw, the node from which it was seen.
       */
      fromNode?: string;
    }[];
    /**
     * How many entries the limit on the list left out.
     */
    portsOmitted?: number;
    /**
     * The NetworkPolicy that portlock keeps, or would keep, for the workload.
     */
    policy?: {
      /**
       * Name of the NetworkPolicy.
       */
      name: string;
      /**
       * Applied: the policy is in force as decided. Proposed: audit mode, nothing was written. Held: no policy was written, or the last good one was left as it is; PolicyInSync says why.
       */
      state: 'Applied' | 'Proposed' | 'Held';
      /**
       * In audit mode, the policy that enforce mode would make, as YAML.
       */
      manifest?: string;
      /**
       * Other owners whose pods the selector matches too, as Kind/name: the policy is about their pods as well.
       *
       * @maxItems 16
       */
      otherOwners?: string[];
    };
    /**
     * Readiness after the policy was first applied, or allowed less than before: it is taken back where pods cease to be ready right after, or never become ready while it lets only some in where the kubelet probes.
     */
    brake?: {
      /**
       * Watching: the policy is new, or allows less, and the pods that were ready are watched. Engaged: pods ceased to be ready, and the policy was taken back until the label changes, or the template and no pod that was watched is left.
       */
      state: 'Watching' | 'Engaged';
      /**
       * Since when it is in that state.
       */
      sinceTime: string;
      /**
       * The uids of the pods that are, or were, watched; absent where none was ready, and it is watched whether one becomes so.
       *
       * @maxItems 64
       */
      watchedUids?: string[];
      /**
       * Their addresses that EndpointSlices made by others than the control plane called ready.
       *
       * @maxItems 64
       */
      watchedAddresses?: string[];
      /**
       * The names of the pods that ceased to be ready, or never were.
       *
       * @maxItems 16
       */
      pods?: string[];
      /**
       * A hash of the template for which the policy was taken back.
       */
      templateHash?: string;
    };
    /**
     * What the pods showed while no policy of portlock closed them. What it closes is not asked any more, so this stays as it was then.
     */
    beforePolicy?: {
      /**
       * Undeclared TCP ports on which a pod accepted a connection: those that the policy closed when it came, or would close.
       *
       * @maxItems 256
       */
      openPorts?: number[];
      /**
       * Whether one pod of each template had been asked for all ports, and not only for declared, well-known and seen ones.
       */
      swept: boolean;
      /**
       * A hash of the pods that were asked.
       */
      podsHash: string;
    };
    /**
     * The policies of all kinds that may have a say about the pods, and what each does.
     *
     * @maxItems 64
     */
    policies?: {
      /**
       * API group of the policy, for example networking.k8s.io.
       */
      group: string;
      /**
       * Kind of the policy, for example NetworkPolicy.
       */
      kind: string;
      /**
       * Name of the policy.
       */
      name: string;
      /**
       * Managed: portlock's own. Widens: allows more than is declared. Restricts: closes ports and allows nothing undeclared. None: changes nothing for the pods' ports. Unknown: portlock does not work out what policies of its kind do.
       */
      effect: 'Managed' | 'Widens' | 'Restricts' | 'None' | 'Unknown';
      /**
       * What the policy does, in a sentence.
       */
      message?: string;
    }[];
    /**
     * The last probe of the pods.
     */
    probe?: {
      /**
       * When the last round of connections to the pods ended.
       */
      lastProbeTime?: string;
      /**
       * The pod that the connections came from, as namespace/name.
       */
      fromPod?: string;
      /**
       * The node of that pod.
       */
      fromNode?: string;
      /**
       * How many of the pods that may be probed are on that node; the others are probed from another node than theirs.
       */
      sameNodePods?: number;
      /**
       * A hash of the policies under which the pods were probed.
       */
      policiesHash?: string;
      /**
       * Since when these policies are in force, as far as it is known.
       */
      policiesSinceTime?: string;
      /**
       * TCP ports that somebody refers to and nobody declares, and on which every ready pod refused a connection. Nothing waits for them.
       *
       * @maxItems 256
       */
      refusedPorts?: number[];
      /**
       * The template hashes of the pods that refused these ports, as in their labels, and hashes of what runs in them. Of pods of which neither is here nothing is known.
       *
       * @maxItems 16
       */
      refusedTemplates?: string[];
      /**
       * What a denied connection looks like between two nodes, as two replicas of the operator saw it on each other.
       */
      calibration?: {
        /**
         * Dropped: no answer comes. Rejected: a refusal comes. NotEnforced: the connection is made. Unknown: it could not be measured.
         */
        state: 'Dropped' | 'Rejected' | 'NotEnforced' | 'Unknown';
        /**
         * Why, in a sentence.
         */
        message: string;
        /**
         * The node from which it was measured.
         */
        fromNode?: string;
        /**
         * The node to which it was measured.
         */
        toNode?: string;
        /**
         * Since when it is so.
         */
        sinceTime?: string;
      };
      /**
       * How many pods were probed in the last round.
       */
      pods?: number;
      /**
       * How many ports of every pod were probed in the last round.
       */
      ports?: number;
      /**
       * The latest sweeps of all 65,535 ports of one pod of each template, one for each IP family of the pod.
       *
       * @maxItems 16
       */
      sweeps?: {
        /**
         * The pod that was swept.
         */
        pod: string;
        /**
         * Its address that was swept.
         */
        ip: string;
        /**
         * The node of the pod.
         */
        node?: string;
        /**
         * The revision of the pod's template.
         */
        templateHash?: string;
        /**
         * When the sweep began.
         */
        startTime?: string;
        /**
         * When the sweep ended.
         */
        completionTime: string;
        /**
         * Ports that accepted the connection.
         */
        open: number;
        /**
         * Ports that refused it.
         */
        refused: number;
        /**
         * Ports from which no answer came.
         */
        filtered: number;
        /**
         * Ports of which nothing is known, because the host or the prober could not do it.
         */
        failed: number;
      }[];
      /**
       * What was left out and why.
       */
      message?: string;
    };
    /**
     * The last rounds of connections to the same pods from another node than that of probe. What was found there stands until somebody asks from another node again.
     */
    secondProbe?: {
      /**
       * When the last round of connections to the pods ended.
       */
      lastProbeTime?: string;
      /**
       * The pod that the connections came from, as namespace/name.
       */
      fromPod?: string;
      /**
       * The node of that pod.
       */
      fromNode?: string;
      /**
       * How many of the pods that may be probed are on that node; the others are probed from another node than theirs.
       */
      sameNodePods?: number;
      /**
       * A hash of the policies under which the pods were probed; findings count while it is that of probe.
       */
      policiesHash?: string;
      /**
       * What a denied connection looks like between two nodes, as two replicas of the operator saw it on each other.
       */
      calibration?: {
        /**
         * Dropped: no answer comes. Rejected: a refusal comes. NotEnforced: the connection is made. Unknown: it could not be measured.
         */
        state: 'Dropped' | 'Rejected' | 'NotEnforced' | 'Unknown';
        /**
         * Why, in a sentence.
         */
        message: string;
        /**
         * The node from which it was measured.
         */
        fromNode?: string;
        /**
         * The node to which it was measured.
         */
        toNode?: string;
        /**
         * Since when it is so.
         */
        sinceTime?: string;
      };
      /**
       * How many pods were probed in the last round.
       */
      pods?: number;
      /**
       * How many ports of every pod were probed in the last round.
       */
      ports?: number;
      /**
       * Ports that differ from the declaration as seen from that node, worst first.
       *
       * @maxItems 256
       */
      findings?: {
        /**
         * The port number on the pod.
         */
        port: number;
        /**
         * The transport protocol.
         */
        protocol: 'TCP' | 'UDP' | 'SCTP';
        /**
         * What the difference means.
         */
        finding: 'UndeclaredReachable' | 'DeclaredUnreachable';
        /**
         * What the NetworkPolicies in force mean for a connection from that pod.
         */
        expected: 'Allowed' | 'Denied' | 'Unknown';
        /**
         * What that pod saw, the same three times.
         */
        observed: 'Open' | 'Refused' | 'Filtered' | 'Unknown';
        /**
         * The finding in a sentence.
         */
        message?: string;
        /**
         * On how many of the probed pods this was observed.
         */
        pods?: number;
        /**
         * Where the pods have addresses of both IP families and this was observed over one of them only, that one; absent otherwise.
         *
         * @maxItems 2
         */
        families?: ('IPv4' | 'IPv6')[];
        /**
         * When it was first observed without a break.
         */
        firstSeenTime?: string;
        /**
         * When it was last observed.
         */
        lastSeenTime?: string;
      }[];
    };
    /**
     * Ready, Reconciling, Stalled (only while a person has to act), PolicyInSync, PreflightPassed, EnforcementVerified and DriftDetected.
     *
     * @maxItems 16
     */
    conditions?: {
      /**
       * The condition.
       */
      type: string;
      /**
       * Whether it holds.
       */
      status: 'True' | 'False' | 'Unknown';
      /**
       * The generation of this report that the condition describes.
       */
      observedGeneration?: number;
      /**
       * When the status last changed.
       */
      lastTransitionTime: string;
      /**
       * Why, in one CamelCase word.
       */
      reason: string;
      /**
       * Why, in a sentence.
       */
      message: string;
    }[];
  };
}
