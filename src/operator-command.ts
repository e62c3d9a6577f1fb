import { readFileSync } from 'node:fs';
import { Command, Option } from 'commander';
import {
  durationOption,
  integer,
  namePatterns,
  names,
  namespaceName,
  oneOf,
  trueOrFalse,
} from './commands/option-parsers.ts';
import type { OperatorFlags } from './main.ts';

const SERVICE_ACCOUNT_NAMESPACE = '/var/run/secrets/kubernetes.io/serviceaccount/namespace';
/** Those of Kubernetes and of network plugins; OpenShift keeps its own, and itself, in its names, which nobody else may take. */
const EXCLUDED = [
  'kube-*',
  'openshift-*',
  'ovn-kubernetes',
  'calico-*',
  'tigera-operator',
  'cilium',
  'cilium-*',
  'antrea-*',
];
const LOG_LEVELS = ['error', 'warn', 'info', 'debug'];
const LOG_FORMATS = ['json', 'text'];
const EXAMPLES = `
Examples:
  portlock operator                                       in a pod, as config/manager runs it
  portlock operator --kubeconfig ~/.kube/config --namespace portlock-system   from a shell`;

/** `portlock operator`: its flags and help. What it does is loaded when it is asked for. */
export function operatorCommand(): Command {
  const command = new Command('operator').description(
    'Keep the policies and reports of all opted-in workloads of a cluster',
  );
  addPlaceOptions(command);
  addProbeOptions(command);
  addModeOptions(command);
  addPolicyOptions(command);
  return command
    .option('--log-level <level>', LOG_LEVELS.join(', '), oneOf(LOG_LEVELS), 'info')
    .option('--log-format <format>', LOG_FORMATS.join(', '), oneOf(LOG_FORMATS), 'json')
    .addHelpText('after', EXAMPLES)
    .action(async (options: Partial<OperatorFlags>) => {
      const { runOperator } = await import('./main.ts');
      await runOperator({
        ...options,
        namespace: options.namespace ?? ownNamespace(),
      } as OperatorFlags);
    });
}

/** Where it runs, and where it listens. */
function addPlaceOptions(command: Command): void {
  command
    .option(
      '--kubeconfig <file>',
      "use this file instead of KUBECONFIG, ~/.kube/config or the pod's service account",
    )
    .option('--context <name>', 'use this context of the file')
    .option(
      '--namespace <name>',
      'where the operator runs and keeps its Lease (default: POD_NAMESPACE, or the namespace of the service account)',
      namespaceName,
    )
    .addOption(
      new Option(
        '--watch-namespaces <names>',
        'see to these namespaces alone, by commas, and read nothing of the whole cluster',
      )
        .default([], 'all')
        .argParser(names),
    )
    .option('--health-probe-bind-address <address>', 'serve /healthz and /readyz here', ':8081')
    .option('--metrics-bind-address <address>', 'serve /metrics here', ':8443')
    .option(
      '--metrics-secure <boolean>',
      'serve metrics on https, and only to those whose token may get /metrics; false for http and everybody',
      trueOrFalse,
      true,
    )
    .option(
      '--metrics-cert-path <folder>',
      'the tls.crt and tls.key in this folder are for metrics, also when they are renewed (default: a self-signed certificate)',
    )
    .option(
      '--canary-port <port>',
      'listen here so that replicas can see on each other what a denied connection looks like; must not be declared',
      integer(1, 65_535),
      9447,
    );
}

/** How it connects to pods. */
function addProbeOptions(command: Command): void {
  command
    .option(
      '--probe-rate <number>',
      'connections a second of each replica; 0 for as many as go',
      integer(0, 1_000_000),
      300,
    )
    .option(
      '--probe-rate-per-node <number>',
      'connections a second to the pods of a node, of all replicas together; 0 for as many as go',
      integer(0, 1_000_000),
      300,
    )
    .option(
      '--probe-rate-total <number>',
      'connections a second of all replicas together; 0 for what their own rates add up to',
      integer(0, 1_000_000),
      0,
    )
    .option(
      '--probe-concurrency <number>',
      'connections under way at a time',
      integer(1, 32_768),
      8192,
    )
    .addOption(
      durationOption(
        '--probe-timeout <duration>',
        'how long an answer may take before a port counts as filtered',
        '500ms',
      ),
    )
    .addOption(
      durationOption(
        '--probe-interval <duration>',
        'how long the probe of a workload stays fresh',
        '1h',
      ),
    )
    .option(
      '--probe-jitter <percent>',
      'by how much of the interval probes come earlier at most, so that they spread',
      integer(0, 100),
      10,
    );
}

/** Which workloads it sees to where nobody labelled them. */
function addModeOptions(command: Command): void {
  command
    .option(
      '--default-mode <mode>',
      'what to do with workloads that have no label, and whose namespace has none: audit, enforce, off',
      oneOf(['audit', 'enforce', 'off']),
      'off',
    )
    .addOption(
      new Option(
        '--exclude-namespaces <names>',
        "namespaces to which the default mode does not apply, by commas, * for any characters; the operator's own never is",
      )
        .default(EXCLUDED, EXCLUDED.join())
        .argParser(namePatterns),
    );
}

/** How it decides. */
function addPolicyOptions(command: Command): void {
  command
    .addOption(
      durationOption(
        '--settle <duration>',
        'how old pods and policies must be before bad news about them counts',
        '60s',
      ),
    )
    .addOption(
      durationOption(
        '--brake-window <duration>',
        'how long after a policy was first applied, or allowed less, it is taken back where pods cease to be ready; 0s for never',
        '60s',
        0,
      ),
    )
    .addOption(
      durationOption(
        '--preflight-probe <duration>',
        'how long a first policy waits at most until the pods that are ready were asked once on which ports they listen; 0s for not at all',
        '10s',
        0,
      ),
    )
    .addOption(
      durationOption(
        '--relist-interval <duration>',
        'how often, at least, everything is read again from the API server, in case an event was lost; 5m or more',
        '1h',
        5 * 60_000,
      ),
    )
    .option(
      '--qps <number>',
      'requests to the API server a second at most, those for watches and leases aside; 0 for as many as it grants by Priority and Fairness',
      integer(0, 100_000),
      0,
    )
    .option(
      '--widening <when>',
      'whether a policy may open more on pods that other policies isolate: explicit, where the owner sets allow-from; never',
      oneOf(['explicit', 'never']),
      'explicit',
    );
}

function ownNamespace(): string {
  if (process.env.POD_NAMESPACE) return process.env.POD_NAMESPACE;
  try {
    return readFileSync(SERVICE_ACCOUNT_NAMESPACE, 'utf8').trim();
  } catch {
    throw new RangeError('cannot tell the namespace of the operator: name it with --namespace');
  }
}
