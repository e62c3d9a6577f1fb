import { policyName } from '../../domain/workload/object-names.ts';
import { namespacesLetIn } from '../../domain/workload/settings.ts';
import {
  type Intermediate,
  isIntermediate,
  type Workload,
  type WorkloadKind,
} from '../../domain/workload/workload.ts';
import { objectKey } from '../../kube/resource.ts';
import { WORKLOAD_RESOURCES } from '../../kube/resources.ts';
import { projectOwner } from '../../kube/workload-projection.ts';
import { whenChanged } from './concern.ts';
import { keysOfWorkload } from './concerned-workloads.ts';
import { byLabel, byLender, byNamespace, byOwner, byUid } from './indices.ts';
import { type Followed, watched } from './watched-kind.ts';

type WorkloadIndex = 'namespace' | 'uid' | 'owner' | 'label' | 'letsIn' | 'policy' | 'lender';

/** The row of a kind of workload. Read live before what is ours is taken away, hence `get`. */
export function workloadRow(kind: WorkloadKind, followed: Followed = 'always') {
  return watched<Workload | Intermediate, WorkloadIndex>({
    resource: WORKLOAD_RESOURCES[kind],
    project: projectOwner(kind),
    indices: {
      namespace: ofWorkload(byNamespace),
      uid: byUid,
      owner: (each) => (isIntermediate(each) ? byOwner(each) : []),
      label: ofWorkload(({ namespace, template }) => byLabel(namespace, template.labels)),
      letsIn: ofWorkload(namespacesLetIn),
      policy: ofWorkload((each) => [objectKey({ ...each, name: policyName(each) })]),
      lender: ofWorkload(byLender),
    },
    concerns: whenChanged(keysOfWorkload),
    verbs: ['get', 'list', 'watch'],
    followed,
  });
}

/** Links are found by their uid and their owner alone. */
function ofWorkload(
  valuesOf: (workload: Workload) => string[],
): (each: Workload | Intermediate) => string[] {
  return (each) => (isIntermediate(each) ? [] : valuesOf(each));
}
