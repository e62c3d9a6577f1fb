import {
  LEASE_NAME,
  MANAGED_BY_LABEL,
  MANAGED_BY_VALUE,
  PROBER_POD_LABELS,
} from '../../api/names.ts';
import { LEASES } from '../../kube/lease.ts';
import type { KubernetesObject, Resource } from '../../kube/resource.ts';
import { DEFINITIONS, REPORTS, SERVICES } from '../../kube/resources.ts';

/** What the installation in config/ and the chart consist of; the operator itself reads and writes hardly any of it. */

export const OPERATOR_LABELS = Object.entries(PROBER_POD_LABELS)
  .map(([key, value]) => `${key}=${value}`)
  .join();

/** What the operator makes says so. */
export const POLICY_LABELS = `${MANAGED_BY_LABEL}=${MANAGED_BY_VALUE}`;

export const REPORT_DEFINITION = {
  resource: DEFINITIONS,
  fieldSelector: `metadata.name=${REPORTS.plural}.${REPORTS.group}`,
};

export const LEADER_LEASE = { resource: LEASES, fieldSelector: `metadata.name=${LEASE_NAME}` };

const RBAC = 'rbac.authorization.k8s.io';
const ADMISSION = 'admissionregistration.k8s.io';

/** In an order in which nothing is left that grants something to nobody. */
export const INSTALLED: readonly Resource[] = [
  kind(ADMISSION, 'v1', 'validatingadmissionpolicybindings', 'whole cluster'),
  kind(ADMISSION, 'v1', 'validatingadmissionpolicies', 'whole cluster'),
  kind('monitoring.coreos.com', 'v1', 'servicemonitors', 'namespaces'),
  kind('monitoring.coreos.com', 'v1', 'prometheusrules', 'namespaces'),
  kind('policy', 'v1', 'poddisruptionbudgets', 'namespaces'),
  SERVICES,
  kind(RBAC, 'v1', 'clusterrolebindings', 'whole cluster'),
  kind(RBAC, 'v1', 'clusterroles', 'whole cluster'),
  kind(RBAC, 'v1', 'rolebindings', 'namespaces'),
  kind(RBAC, 'v1', 'roles', 'namespaces'),
  kind('', 'v1', 'serviceaccounts', 'namespaces'),
];

/** Whether an object with the label of the installation is of it: all of that have the name, too. */
export function isInstalled({ metadata }: KubernetesObject): boolean {
  return /^portlock($|[-.])/.test(metadata.name);
}

function kind(
  group: string,
  version: string,
  plural: string,
  scope: 'namespaces' | 'whole cluster',
): Resource {
  return { group, version, plural, namespaced: scope === 'namespaces' };
}
