/** Who connects by a use, as far as policies can tell sources apart. */
export type Source =
  /** The use does not tell who: whomever the owner lets in. */
  | { kind: 'anybody' }
  /** The other pods of the workload. */
  | { kind: 'peers' }
  /** The kubelet of the pod's own node. */
  | { kind: 'kubelet' }
  /** The API server, from a node of the control plane or from outside of the cluster. */
  | { kind: 'apiServer' }
  /** Clients outside of the cluster. */
  | { kind: 'outside'; by: Exposure }
  /** Pods of a program, for example `Prometheus`: as a rule of this namespace, where one can be presumed. */
  | { kind: 'pods'; whose: string; namespace: string | undefined };

/** By what a port of the pods can be reached from outside of the cluster. */
export type Exposure = 'LoadBalancer' | 'NodePort' | 'externalIPs' | 'hostPort';

export const ANYBODY: Source = { kind: 'anybody' };
export const PEERS: Source = { kind: 'peers' };
export const KUBELET: Source = { kind: 'kubelet' };
export const API_SERVER: Source = { kind: 'apiServer' };
/** A load balancer that connects to the pods itself, as for its health checks. */
export const AT_LOAD_BALANCER: Source = { kind: 'outside', by: 'LoadBalancer' };

/** Pods of a program, in a namespace that nothing tells. */
export function podsOf(whose: string): Source {
  return { kind: 'pods', whose, namespace: undefined };
}

/** For example `Prometheus (presumably in namespace monitoring)`. */
export function sourceInWords(source: Source): string {
  switch (source.kind) {
    case 'anybody':
      return 'anybody';
    case 'peers':
      return 'the other pods of the workload';
    case 'kubelet':
      return 'the kubelet';
    case 'apiServer':
      return 'the API server';
    case 'outside':
      return `clients outside of the cluster (${source.by})`;
    case 'pods':
      return source.namespace === undefined
        ? `${source.whose} (wherever that runs)`
        : `${source.whose} (presumably in namespace ${source.namespace})`;
  }
}
