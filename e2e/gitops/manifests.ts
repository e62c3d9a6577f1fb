interface Manifest {
  readonly metadata: object;
}

/** An object with the namespace that git says it is in. */
export function inNamespace(namespace: string, manifest: object): object {
  return { ...manifest, metadata: { ...(manifest as Manifest).metadata, namespace } };
}
