import type { PortListener } from '../../domain/exposure/exposure.ts';

/** What was seen of a workload, beside what its objects say. */
export interface Evidence {
  /** Undefined where nobody connected, or nothing could be told. */
  reachable: readonly ReachablePort[] | undefined;
  /** Undefined where nobody looked inside, or could. */
  listening: readonly SeenListener[] | undefined;
  /** Who is connected now to a port on which the pod listens; undefined as above. */
  connected: readonly ConnectedPeer[] | undefined;
  /** Why something is not known, in sentences without a full stop. */
  doubts: readonly string[];
}

/** A TCP port to which a connection was made. */
export interface ReachablePort {
  port: number;
  declared: boolean;
  /** What the policies say of that connection. */
  expected: 'Allowed' | 'Denied' | 'Unknown';
}

export interface SeenListener extends PortListener {
  /** Of the container; empty where it is not known. */
  image: string;
  declared: boolean;
}

export interface ConnectedPeer {
  port: number;
  /** `namespace/pod`, or an address that no pod has. */
  peer: string;
  declared: boolean;
}

export const NO_EVIDENCE: Evidence = {
  reachable: undefined,
  listening: undefined,
  connected: undefined,
  doubts: [],
};
