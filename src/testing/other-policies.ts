/** Policies that are no NetworkPolicies, in wire form. */

/** One of Cilium's that selects every pod of the namespace shop. */
export const CILIUM_POLICY = {
  apiVersion: 'cilium.io/v2',
  kind: 'CiliumNetworkPolicy',
  metadata: { name: 'cnp', namespace: 'shop' },
  spec: { endpointSelector: {}, ingress: [{}] },
};

/** One of the admin tier that does this to connections from everybody to every pod. */
export function adminPolicy(action: 'Allow' | 'Deny') {
  return {
    apiVersion: 'policy.networking.k8s.io/v1alpha1',
    kind: 'AdminNetworkPolicy',
    metadata: { name: 'anp' },
    spec: {
      priority: 1,
      subject: { namespaces: {} },
      ingress: [{ action, from: [{ namespaces: {} }] }],
    },
  };
}
