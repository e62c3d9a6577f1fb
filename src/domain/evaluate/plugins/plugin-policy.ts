import type { ObjectMeta } from '../../../api/object-meta.ts';

/** A policy of a network plugin's own kind, in wire form. Its fields are read where they are needed. */
export interface PluginPolicy {
  apiVersion: string;
  kind: string;
  metadata: ObjectMeta;
  spec?: unknown;
  /** CiliumNetworkPolicies may hold a list of rules instead. */
  specs?: unknown;
}

/** A pod as the selectors of plugins see it. */
export interface PluginTarget {
  namespace: string;
  namespaceLabels: Readonly<Record<string, string>>;
  labels: Readonly<Record<string, string>>;
  annotations: Readonly<Record<string, string>>;
}
