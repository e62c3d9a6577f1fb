import type { PluginPolicy } from './plugins/plugin-policy.ts';

/** What a Cilium policy does to connections beside letting them in. */
export interface CiliumProxy {
  /** Ports of the pods are redirected to Envoy. */
  redirects: boolean;
  /** "Authentication is the required authentication type for the allowed traffic" (cilium.io/v2 IngressRule). */
  authenticates: boolean;
}

/**
 * Reads what Cilium policies that select the pods ask of their incoming connections. A port goes by Envoy where its
 * rule has one of these: "Rules is a list of additional port level rules", "listener specifies the name of a custom
 * Envoy listener to which this traffic should be redirected to", `terminatingTLS` and `serverNames` (PortRule).
 */
export function ciliumProxy(policies: readonly PluginPolicy[]): CiliumProxy {
  const rules = policies
    .filter(({ apiVersion }) => apiVersion.startsWith('cilium.io/'))
    .flatMap(({ spec, specs }) => [spec, ...entries(specs)])
    .flatMap((rule) => entries(fields(rule).ingress))
    .map(fields);
  return {
    redirects: rules.flatMap(({ toPorts }) => entries(toPorts)).some(isRedirected),
    authenticates: rules.some(({ authentication }) => fields(authentication).mode === 'required'),
  };
}

function isRedirected(portRule: unknown): boolean {
  const { rules, listener, terminatingTLS, serverNames } = fields(portRule);
  const isThere = [rules, listener, terminatingTLS].some(
    (each) => Object.keys(fields(each)).length > 0,
  );
  return isThere || entries(serverNames).length > 0;
}

function entries(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function fields(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
