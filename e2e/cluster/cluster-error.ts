/** A failure that one line explains to the person who started the cluster; no stack needed. */
export class ClusterError extends Error {
  override readonly name = 'ClusterError';
}
