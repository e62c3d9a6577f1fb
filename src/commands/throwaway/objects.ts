import { ENDS_AT_ANNOTATION, MODE_LABEL, THROWAWAY_LABEL } from '../../api/names.ts';
import type { ObjectMeta } from '../../api/object-meta.ts';
import type { KubernetesObject } from '../../kube/resource.ts';
import type { Placement } from './placement.ts';

/** Objects that are made for a moment, and end by themselves whatever becomes of whoever made them. */
export interface Place {
  /** The common part of their names. */
  name: string;
  namespace: string;
  /** Whether the namespace was made for them, too, and ends with them. */
  namespaceEnds: boolean;
  /** Which command made them. */
  purpose: string;
  /** How long they live at most, in seconds. */
  lifetime: number;
  /** Where pods may run, as another one; undefined for where any may. */
  placement: Placement | undefined;
}

/** The Job whose end takes the others with it: they are its dependents. */
export interface Owner {
  name: string;
  uid: string;
}

type Wire = KubernetesObject & Record<string, unknown>;

/** What deletes the namespace does so when it is told to end. */
const JANITOR_GRACE_SECONDS = 10;
/** Longer than the pods live: what is late may still be read. */
const NAMESPACE_GRACE_SECONDS = 30;

/** Restricted, and none of the operator's concern. */
export function throwawayNamespace(place: Place, now: number): Wire {
  const endsAt = new Date(now + (place.lifetime + NAMESPACE_GRACE_SECONDS) * 1_000).toISOString();
  return {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: {
      name: place.namespace,
      labels: {
        ...labelsOf(place),
        [MODE_LABEL]: 'off',
        'pod-security.kubernetes.io/enforce': 'restricted',
      },
      annotations: { [ENDS_AT_ANNOTATION]: endsAt },
    },
  };
}

/**
 * An account that may delete its own namespace and nothing else. "rules of a Role in a namespace" are asked for a
 * Namespace object of that name, too: the authorizer takes the name of a namespace for its namespace.
 */
export function janitor({ name, namespace }: Place): { account: Wire; role: Wire; binding: Wire } {
  const metadata = { name, namespace };
  const rbac = 'rbac.authorization.k8s.io';
  return {
    account: { apiVersion: 'v1', kind: 'ServiceAccount', metadata },
    role: {
      apiVersion: `${rbac}/v1`,
      kind: 'Role',
      metadata,
      rules: [
        {
          apiGroups: [''],
          resources: ['namespaces'],
          resourceNames: [namespace],
          verbs: ['delete'],
        },
      ],
    },
    binding: {
      apiVersion: `${rbac}/v1`,
      kind: 'RoleBinding',
      metadata,
      roleRef: { apiGroup: rbac, kind: 'Role', name },
      subjects: [{ kind: 'ServiceAccount', name, namespace }],
    },
  };
}

/**
 * A Job that runs nothing and ends when its time is over; it is then deleted, and with it all that it owns. "A Job with
 * parallelism 0 is effectively paused", and its deadline runs all the same.
 */
export function ownerJob(place: Place, image: string): Wire {
  const { name, namespace, lifetime } = place;
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name, namespace, labels: labelsOf(place) },
    spec: {
      parallelism: 0,
      completions: 1,
      backoffLimit: 0,
      activeDeadlineSeconds: lifetime,
      ttlSecondsAfterFinished: 0,
      template: {
        metadata: { labels: labelsOf(place) },
        spec: { restartPolicy: 'Never', ...restricted(image, []) },
      },
    },
  };
}

/** A pod of portlock's own image that the Pod Security Standard "restricted" lets in. */
export interface PeerPod {
  name: string;
  /** Of `portlock peer`. */
  args: readonly string[];
  labels: Readonly<Record<string, string>>;
  /** Of the account, whose token it then has; none where undefined. */
  serviceAccount: string | undefined;
  affinity?: object | undefined;
}

export function peerPod(place: Place, owner: Owner, pod: PeerPod, image: string): Wire {
  const { name, args, serviceAccount, affinity } = pod;
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      ...ownedMetadata(place, owner, name),
      labels: { ...labelsOf(place), ...pod.labels },
      // A mesh would answer in the place of the pod.
      annotations: { 'sidecar.istio.io/inject': 'false', 'linkerd.io/inject': 'disabled' },
    },
    spec: {
      restartPolicy: 'Never',
      activeDeadlineSeconds: place.lifetime,
      terminationGracePeriodSeconds: serviceAccount === undefined ? 1 : JANITOR_GRACE_SECONDS,
      automountServiceAccountToken: serviceAccount !== undefined,
      enableServiceLinks: false,
      nodeSelector: { 'kubernetes.io/os': 'linux', ...place.placement?.nodeSelector },
      ...(place.placement && {
        imagePullSecrets: place.placement.imagePullSecrets,
        tolerations: place.placement.tolerations,
      }),
      ...(serviceAccount !== undefined && { serviceAccountName: serviceAccount }),
      ...(affinity !== undefined && { affinity }),
      ...restricted(image, ['peer', ...args]),
    },
  };
}

/** A policy that allows one port of the pods, and no other. */
export function policyOf(place: Place, owner: Owner, port: number): Wire {
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: ownedMetadata(place, owner, place.name),
    spec: {
      podSelector: { matchLabels: { [THROWAWAY_LABEL]: place.name } },
      policyTypes: ['Ingress'],
      ingress: [{ ports: [{ port, protocol: 'TCP' }] }],
    },
  };
}

function ownedMetadata(place: Place, owner: Owner, name: string): ObjectMeta {
  return {
    name,
    namespace: place.namespace,
    labels: labelsOf(place),
    ownerReferences: [
      {
        apiVersion: 'batch/v1',
        kind: 'Job',
        ...owner,
        controller: false,
        blockOwnerDeletion: false,
      },
    ],
  };
}

function labelsOf({ name, purpose }: Place): Record<string, string> {
  return {
    'app.kubernetes.io/name': 'portlock',
    'app.kubernetes.io/component': purpose,
    [THROWAWAY_LABEL]: name,
  };
}

function restricted(image: string, args: readonly string[]): object {
  return {
    securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
    containers: [
      {
        name: 'peer',
        image,
        args,
        resources: { requests: { cpu: '10m', memory: '64Mi' }, limits: { memory: '256Mi' } },
        securityContext: {
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ['ALL'] },
        },
      },
    ],
  };
}
