/** Names that are part of the contract with the user. */

export const MODE_LABEL = 'portlock.dev/mode';
export const EXTRA_PORTS_ANNOTATION = 'portlock.dev/extra-ports';
export const CLOSED_PORTS_ANNOTATION = 'portlock.dev/closed-ports';
export const ALLOW_FROM_ANNOTATION = 'portlock.dev/allow-from';
export const PROBE_ANNOTATION = 'portlock.dev/probe';
export const ACCEPT_CUTS_ANNOTATION = 'portlock.dev/accept-cuts';
/** On an Event: the id of the decision that it tells of, which stands in the log, too. */
export const DECISION_ANNOTATION = 'portlock.dev/decision';

export const MANAGED_BY_LABEL = 'app.kubernetes.io/managed-by';
export const MANAGED_BY_VALUE = 'portlock';

/** Server-side apply's manager name: GitOps tools are told to ignore it by this name. */
export const FIELD_MANAGER = 'portlock';
/** The managers of the parts of a report's status. */
export const REPORT_MANAGERS = {
  policy: 'portlock-policy',
  probe: 'portlock-probe',
  secondProbe: 'portlock-probe-second',
} as const;
/** The reportingController of Events. */
export const REPORTING_CONTROLLER = 'portlock.dev/operator';
export const LEASE_NAME = 'portlock-leader';

export const REPORT_API_VERSION = 'portlock.dev/v1alpha1';
export const REPORT_KIND = 'PortExposureReport';

/** The pods of the operator itself: the peer that probes, let through where allow-from narrows. */
export const PROBER_POD_LABELS = {
  'app.kubernetes.io/name': 'portlock',
  'app.kubernetes.io/component': 'operator',
};

/** The label by which the control plane tells a namespace's name to selectors. */
export const NAMESPACE_NAME_LABEL = 'kubernetes.io/metadata.name';

/** Annotations by which Kube-OVN puts a pod under its own kinds of policies. */
export const OVN_SECURITY_GROUPS = 'ovn.kubernetes.io/security_groups';
export const OVN_LOGICAL_SWITCH = 'ovn.kubernetes.io/logical_switch';

/** On namespaces that a command makes for a moment; the annotation says when whoever finds one may delete it. */
export const THROWAWAY_LABEL = 'portlock.dev/throwaway';
export const ENDS_AT_ANNOTATION = 'portlock.dev/ends-at';
