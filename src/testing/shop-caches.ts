import type { Intermediate, Workload } from '../domain/workload/workload.ts';
import type { Caches } from '../reconcile/caches.ts';
import { namespace, pod, service, workload } from './builders.ts';
import { fillStore } from './fill-store.ts';
import { emptyCaches } from './reconcile-context.ts';

/** The ReplicaSet of the Deployment web, to which its pod belongs. */
export const WEB_REPLICA_SET: Intermediate = {
  kind: 'ReplicaSet',
  namespace: 'shop',
  name: 'web-rs',
  uid: 'uid-rs',
  labels: { app: 'web' },
  ownerUid: 'uid-web',
  ownerKind: 'Deployment',
  ownerName: 'web',
};

/** Caches of the cluster of the builders: the Deployment web, its pod at a loopback address, and its Service. */
export function shopCaches(fields: Partial<Workload> = {}): Caches {
  const caches = emptyCaches();
  fillStore(caches.namespaces, [namespace()]);
  fillStore(caches.workloads.Deployment, [workload(fields)]);
  fillStore(caches.workloads.ReplicaSet, [WEB_REPLICA_SET]);
  fillStore(caches.pods, [pod({ ips: ['127.7.7.9'] })]);
  fillStore(caches.usage.services, [service(8080)]);
  return caches;
}
