/** What the path of a request to the API server is about. */
export interface ApiPath {
  group: string;
  plural: string;
  /** Undefined in all namespaces, and where there are none. */
  namespace: string | undefined;
  /** Undefined for a whole collection. */
  name: string | undefined;
  subresource: string | undefined;
}

/** @throws Error where it is not the path of objects */
export function parseApiPath(path: string): ApiPath {
  const [root, ...rest] = path.split('/').slice(1);
  const group = root === 'apis' ? (rest.shift() ?? '') : '';
  rest.shift();
  const isNamespaced = rest[0] === 'namespaces' && rest.length > 2;
  const namespace = isNamespaced ? rest.splice(0, 2)[1] : undefined;
  const [plural, name, subresource] = rest;
  if (plural === undefined) throw new Error(`not a path of objects: ${path}`);
  return { group, plural, namespace, name, subresource };
}
