/** What a call asks of the API server, as RBAC names it. */
export type Verb = 'get' | 'list' | 'watch' | 'create' | 'update' | 'patch' | 'delete';

export interface ApiCall {
  verb: Verb;
  /** As kubectl names it, `pods` or `networkpolicies.networking.k8s.io`; empty where the path is of no resource. */
  resource: string;
  /** `namespace/name`, or the name alone where there is no namespace; undefined for collections. */
  key: string | undefined;
  namespace: string | undefined;
  subresource: string | undefined;
}

const VERB_BY_METHOD: Readonly<Record<string, Verb>> = {
  POST: 'create',
  PUT: 'update',
  PATCH: 'patch',
  DELETE: 'delete',
};

const PATH =
  /^\/(?:api|apis\/(?<group>[^/]+))\/[^/]+(?:\/namespaces\/(?<namespace>[^/]+)(?=\/.))?\/(?<plural>[^/]+)(?:\/(?<name>[^/]+)(?:\/(?<subresource>[^/]+))?)?$/;

/** Reads a call from its method and its path with the query. */
export function apiCall(method: string, target: string): ApiCall {
  const url = new URL(target, 'http://localhost');
  const { group, namespace, plural, name, subresource } = PATH.exec(url.pathname)?.groups ?? {};
  const reading = name !== undefined ? 'get' : url.searchParams.has('watch') ? 'watch' : 'list';
  const key = namespace === undefined ? name : `${namespace}/${name}`;
  return {
    verb: VERB_BY_METHOD[method] ?? reading,
    resource: [plural, group].filter((part) => part !== undefined).join('.'),
    key: name === undefined ? undefined : key,
    namespace,
    subresource,
  };
}
