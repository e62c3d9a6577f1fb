/** How much a finding matters, the worst first. A note alone makes no exit code. */
export const SEVERITIES = ['high', 'medium', 'low', 'note'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** A check as its documentation has it. */
export interface Check {
  name: string;
  severity: Severity;
  /** What is wrong, and why that matters. */
  why: string;
  /** What mends it. */
  fix: string;
}

/** What is looked for. The ids are stable: a new check gets a new one, and none is used again. */
export const CHECKS = {
  PL001: {
    name: 'NoPolicy',
    severity: 'medium',
    why: 'No policy isolates the pods, so every port on which anything listens is open to every pod of the cluster, whether it is declared or not.',
    fix: 'Label the workload `portlock.dev/mode: enforce`, or commit what `portlock render --all` makes.',
  },
  PL002: {
    name: 'WiderThanDeclared',
    severity: 'high',
    why: 'A policy that selects the pods allows ports that no container declares. Policies add up, so another one cannot take that back.',
    fix: 'Narrow the policy to the declared ports, or declare the ports that it is for.',
  },
  PL003: {
    name: 'UndeclaredInUse',
    severity: 'medium',
    why: 'Something leads to a port that no container declares: a Service, an Ingress, a route, a monitor, a probe, a webhook. A policy of the declared ports would cut it off, so portlock holds it.',
    fix: 'Declare the port in the container that listens on it, list it in `portlock.dev/extra-ports`, or accept the cut with `portlock.dev/accept-cuts`. `portlock audit` prints the lines to copy.',
  },
  PL004: {
    name: 'UnknownPortName',
    severity: 'note',
    why: 'Something refers to a port by a name that no container has. No connection arrives by it, so nothing is cut off; mostly it is a slip.',
    fix: 'Give the containerPort that name, or correct the name where it is used.',
  },
  PL005: {
    name: 'NoDeclaredPorts',
    severity: 'medium',
    why: 'No container declares a port, so there is nothing that a policy could allow, and portlock makes none.',
    fix: 'Add `ports:` to the containers, or name them in `portlock.dev/extra-ports`.',
  },
  PL006: {
    name: 'DeclaredClosed',
    severity: 'medium',
    why: 'Policies isolate the pods, and none of their rules is about a declared port: nobody can connect to it.',
    fix: 'Add a rule for it, or take the declaration away where nothing listens.',
  },
  PL007: {
    name: 'HostNetwork',
    severity: 'note',
    why: 'The pods use the network of their node, to which no NetworkPolicy applies.',
    fix: 'Do without `hostNetwork` where that is possible; a firewall of the node does what a policy cannot.',
  },
  PL008: {
    name: 'InvalidSettings',
    severity: 'high',
    why: 'A label or annotation of portlock says what nobody can follow. The operator then leaves the last good policy as it is, and makes no new one.',
    fix: 'Write one of the values that the finding names.',
  },
  PL009: {
    name: 'WouldWiden',
    severity: 'low',
    why: 'Other policies isolate the pods already. Policies add up, so one more could only open the declared ports to more peers, and portlock waits.',
    fix: 'Say who may connect by the annotation `portlock.dev/allow-from`; portlock is then the allow-rule of a default-deny namespace.',
  },
  PL010: {
    name: 'SelectsOthers',
    severity: 'low',
    why: 'The selector of the workload matches pods of others, so a policy is about them, too.',
    fix: 'Give the selector and the template a label that no other workload has.',
  },
  PL011: {
    name: 'NotUnderstood',
    severity: 'low',
    why: 'A policy of a kind of its own (Cilium, Calico, Antrea, Kube-OVN) may select the pods, or one of a tier says what portlock does not know. What gets in cannot be told.',
    fix: 'Look at that policy; `portlock probe` tells what is reachable.',
  },
  PL012: {
    name: 'TooManyPorts',
    severity: 'medium',
    why: 'More ports are declared than network plugins take in one policy, and portlock makes none.',
    fix: 'Declare the ports that are used.',
  },
  PL013: {
    name: 'DeclaredUnused',
    severity: 'note',
    why: 'No Service, monitor, probe or annotation uses a declared port. It stays open for nobody that the manifests tell of.',
    fix: 'Take the declaration away where nobody connects.',
  },
  PL014: {
    name: 'UserNotLetIn',
    severity: 'medium',
    why: 'Somebody uses a declared port and is not let in by `portlock.dev/allow-from`. A policy would cut that off, so portlock holds it.',
    fix: 'Name the source in `portlock.dev/allow-from`, or accept the cut with `portlock.dev/accept-cuts`. `portlock audit` prints the lines to copy.',
  },
  PL015: {
    name: 'UseNotWaitedFor',
    severity: 'note',
    why: 'Something leads to an undeclared port, and no policy waits for it: other policies isolate the pods already, or only other namespaces refer to the port, more often than is believed.',
    fix: 'Look whether it is meant, and declare the port where it is.',
  },
  PL016: {
    name: 'UserPresumedLetIn',
    severity: 'note',
    why: 'A user that `portlock.dev/allow-from` does not name gets in all the same, as the probes of the kubelet do, or is taken to be meant, as only the owner knows where it runs.',
    fix: 'Look whether it is so, and name the source in `portlock.dev/allow-from` where it is not.',
  },
  PL017: {
    name: 'PeersMayTalk',
    severity: 'note',
    why: 'Replicas of a StatefulSet, or behind a headless Service, may talk among themselves on ports that no object names. A policy of the declared ports would part them, and manifests do not tell.',
    fix: 'Look on which ports the members of such a cluster find each other, and declare these.',
  },
  PL018: {
    name: 'PodsUntold',
    severity: 'medium',
    why: 'Nothing says which pods a policy would be about. A CronJob has no selector, so the labels of its pods must be theirs alone; a Rollout with `spec.workloadRef` has the template of another workload, which must be there.',
    fix: 'Give the pod template of the CronJob a label that nothing else has, or correct `spec.workloadRef`. The finding has the label to copy.',
  },
  PL019: {
    name: 'UndeclaredReachable',
    severity: 'high',
    why: 'A connection was made to a port that no container declares, from a pod that has nothing to do with the workload.',
    fix: 'Label the workload `portlock.dev/mode: enforce`, or declare the port where it is meant to be reached.',
  },
  PL020: {
    name: 'NotEnforced',
    severity: 'high',
    why: 'A connection was made that the policies do not allow. The network does not enforce them, or not yet.',
    fix: 'Run `portlock check`: it tells whether the network enforces policies at all.',
  },
  PL021: {
    name: 'UndeclaredListener',
    severity: 'medium',
    why: 'Something in a container listens on a port that no container declares, and not only on the loopback address. The same listener in several workloads of one image is told once.',
    fix: 'Turn the listener off or bind it to 127.0.0.1 in the image that is named, or declare the port.',
  },
  PL022: {
    name: 'UndeclaredConnected',
    severity: 'medium',
    why: 'Somebody is connected now to a port that no container declares. No object tells of such users, and a policy of the declared ports would cut them off at their next connection.',
    fix: 'Ask whoever is named whether they need it, and declare the port where they do.',
  },
  PL023: {
    name: 'JobWithoutPorts',
    severity: 'note',
    why: 'No container of a Job or CronJob declares a port, and nothing leads to one. Such pods mostly serve nobody: there is nothing that a policy could allow, and portlock makes none. What listens in them all the same is open to every pod of the cluster while they run.',
    fix: 'Nothing, where nothing listens. Else declare the port, or close all of the namespace by a policy that selects every pod and allows nothing.',
  },
  PL024: {
    name: 'UnknownAnnotation',
    severity: 'medium',
    why: 'An annotation has a key that begins as those of portlock do, and that portlock does not know; or it is on the pod template, where portlock reads none. It changes nothing: what it was meant to open stays closed, and the other way round.',
    fix: 'Use the key that the finding names, set it on the workload itself, or take the annotation away.',
  },
} as const satisfies Record<string, Check>;

export type CheckId = keyof typeof CHECKS;

/** Whether it makes a command end with 1. */
export function counts(id: CheckId): boolean {
  return CHECKS[id].severity !== 'note';
}

/** From 0, the worst. */
export function rankOf(id: CheckId): number {
  return SEVERITIES.indexOf(CHECKS[id].severity);
}
