import { hash } from 'node:crypto';
import type { ObjectMeta } from '../api/object-meta.ts';
import { isAddedByControllers } from '../domain/workload/controller-labels.ts';
import { entriesOf, fieldsOf } from './wire-fields.ts';

/** By these somebody makes pods anew, and says nothing of what is in them: kubectl's and Rancher's. */
const RESTARTS: ReadonlySet<string> = new Set([
  'kubectl.kubernetes.io/restartedAt',
  'cattle.io/timestamp',
]);

/** Annotations without those; undefined where no others are left, as where there never were any. */
export function withoutRestarts<T>(annotations: Record<string, T>): Record<string, T> | undefined {
  const others = Object.entries(annotations).filter(([key]) => !RESTARTS.has(key));
  return others.length > 0 ? Object.fromEntries(others) : undefined;
}

/** Annotations by which charts and controllers say that the configuration is another one. */
const CONFIGURATION = /checksum|digest|hash|reload/i;

/**
 * A short name for what runs in a pod: its containers, with the images, arguments, environment and volumes that these
 * have. Pods of one name listen alike as far as anybody can know, whichever template they are of. What tells pods of one
 * template apart is left out.
 */
export function madeOf({ labels, annotations }: ObjectMeta, spec: unknown): string {
  const { containers, initContainers, volumes } = fieldsOf(spec);
  // Each replica of a StatefulSet has a claim of its own.
  const shared = entriesOf(volumes).filter((each) => !fieldsOf(each).persistentVolumeClaim);
  const text = JSON.stringify([containers, initContainers, shared])
    // "kube-api-access-" and five letters that are drawn for each pod (Kubernetes' ServiceAccount admission).
    .replaceAll(/kube-api-access-[a-z0-9]{5}/g, '');
  const beside = saidBeside(text, fieldsOf(labels), fieldsOf(annotations));
  return hash('sha1', text + JSON.stringify(beside)).slice(0, 16);
}

/** What may make containers do something else, though it is none of them. */
function saidBeside(text: string, labels: Said, annotations: Said): Entry[] {
  const isPulled = text.includes('"imagePullPolicy":"Always"');
  const told = Object.entries(annotations).filter(([key]) =>
    RESTARTS.has(key) ? isPulled : CONFIGURATION.test(key),
  );
  const read = [...text.matchAll(DOWNWARD)].flatMap(([, of, key]) =>
    Object.entries(of === 'labels' ? labels : annotations).filter(
      ([each]) => key === undefined || each === key,
    ),
  );
  // Those tell replicas apart, and runs of a Job.
  return [...told, ...read.filter(([key]) => !isAddedByControllers(key))];
}

type Said = Readonly<Record<string, unknown>>;
type Entry = [key: string, value: unknown];

/** How the downward API names what containers read: all of it, or the value of one key. */
const DOWNWARD = /metadata\.(labels|annotations)(?:\['([^']+)'\])?/g;
