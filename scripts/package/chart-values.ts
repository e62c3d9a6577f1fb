import type { Option } from 'commander';
import { stringify } from 'yaml';
import { operatorCommand } from '../../src/operator-command.ts';
import { flagSchema } from './flag-schema.ts';
import type { Manifest } from './installation.ts';

/** What the templates set themselves, or what only makes sense outside of a pod. */
const FIXED = [
  'kubeconfig',
  'context',
  'namespace',
  'watch-namespaces',
  'health-probe-bind-address',
  'metrics-bind-address',
  'metrics-secure',
  // Files would have to be mounted.
  'metrics-cert-path',
  'canary-port',
];

function flags(): Option[] {
  return operatorCommand().options.filter((option) => !FIXED.includes(option.name()));
}

/** values.yaml: what config/ says, and each flag with its help. */
export function chartValues(manifests: readonly Manifest[]): string {
  const { replicas, template } = deployment(manifests).spec;
  const [container] = template.spec.containers;
  const [repository] = container.image.split(':');
  const flagLines = flags().map((flag) => {
    const value = flag.defaultValueDescription ?? flag.defaultValue;
    return `  # ${flag.description}\n  # ${flag.name()}: ${value}\n`;
  });
  return `# Generated from config/ and the operator's flags by \`npm run generate\`. Do not edit: values of your own
# go into a file of yours, for \`helm install --values\`.

# Two at least: a replica proves enforcement by connecting to another.
replicas: ${replicas}

image:
  repository: ${repository}
  # The chart's appVersion where it is empty. A digest may stand behind it: vX.Y.Z@sha256:...
  tag: ""
  # Kubernetes decides where it is empty.
  pullPolicy: ""

imagePullSecrets: []

${stringify({ resources: container.resources })}
# OpenShift gives each namespace users of its own: there runAsUser and runAsGroup are to be null.
${stringify({ podSecurityContext: template.spec.securityContext })}
${stringify({ nodeSelector: template.spec.nodeSelector })}
tolerations: []

affinity: {}

# DoNotSchedule for replicas on a node each, whatever happens: with three of them, for high availability.
topologySpread: ${template.spec.topologySpreadConstraints[0].whenUnsatisfiable}

priorityClassName: ""

# Only these namespaces, with a Role in each instead of rights in the whole cluster; all where it is empty. They
# have to be there. What is not seen is said in each report.
watchNamespaces: []

# The definition of reports, which an upgrade of the release upgrades, too. An uninstall leaves it.
crds:
  enabled: true

# ValidatingAdmissionPolicies: warnings about settings that portlock cannot follow, who may open more than is declared, and
# what the operator's account may write. For Kubernetes 1.30 and later.
admissionPolicies:
  enabled: false

metrics:
  # On https, and for those alone whose token may get /metrics: bind the ClusterRole portlock-metrics-reader to the account of
  # your Prometheus. To ask that takes a right in the whole cluster; with watchNamespaces it is not granted, and metrics
  # are refused to everybody. Where it is false they are served to everybody, on http.
  secure: true
  # A headless Service in front of the metrics of each replica.
  service:
    enabled: false
  # For the Prometheus operator, whose definitions have to be there; the Service comes with it.
  serviceMonitor:
    enabled: false
    # As your Prometheus selects its monitors by, such as release: kube-prometheus-stack.
    labels: {}
  # Alerts for the Prometheus operator; docs/runbooks says of each what it means and how to mend it.
  prometheusRule:
    enabled: false
    labels: {}

# Flags of the operator, under their own names; what is not named has the default shown.
flags: {}
${flagLines.join('')}`;
}

const TEXT = { type: 'string', maxLength: 253 };
/** As the reference grammar of images has it: a host, a path of lower case, and no tag, which has a value of its own. */
const REPOSITORY =
  '^((\\[[0-9a-fA-F:]+\\]|[a-zA-Z0-9.-]+)(:[0-9]+)?/)?[a-z0-9]+([._-]+[a-z0-9]+)*(/[a-z0-9]+([._-]+[a-z0-9]+)*)*$';
const TAG = '^$|^[a-zA-Z0-9_][a-zA-Z0-9_.-]{0,127}(@sha256:[0-9a-f]{64})?$';
const OBJECTS = { type: 'array', items: { type: 'object' } };

const SWITCH = closed({ enabled: { type: 'boolean' } }, ['enabled']);
const LABELLED = closed(
  {
    enabled: { type: 'boolean' },
    labels: { type: 'object', additionalProperties: { type: 'string' } },
  },
  ['enabled'],
);
const IMAGE = closed(
  {
    repository: { ...TEXT, pattern: REPOSITORY },
    tag: { ...TEXT, pattern: TAG },
    pullPolicy: { enum: ['', 'Always', 'IfNotPresent', 'Never'] },
  },
  ['repository'],
);
const METRICS = closed(
  {
    secure: { type: 'boolean' },
    service: SWITCH,
    serviceMonitor: LABELLED,
    prometheusRule: LABELLED,
  },
  ['secure', 'service', 'serviceMonitor', 'prometheusRule'],
);
/** Not to be taken away: a name with nothing behind it does so in a file of values. */
const NEEDED = [
  ...['replicas', 'image', 'podSecurityContext', 'topologySpread'],
  ...['crds', 'admissionPolicies', 'metrics'],
];

/** values.schema.json: Helm refuses what it does not name. */
export function chartSchema(): string {
  const schema = {
    $schema: 'http://json-schema.org/draft-07/schema#',
    ...closed(valueSchemas(), NEEDED),
  };
  return `${JSON.stringify(schema, undefined, 2)}\n`;
}

/** Of each value, by its name. */
function valueSchemas(): Record<string, object> {
  return {
    replicas: { type: 'integer', minimum: 1, maximum: 100 },
    image: IMAGE,
    imagePullSecrets: OBJECTS,
    resources: closed({
      requests: { type: 'object' },
      limits: { type: 'object' },
      claims: OBJECTS,
    }),
    podSecurityContext: { type: 'object' },
    nodeSelector: { type: 'object', additionalProperties: { type: 'string' } },
    tolerations: OBJECTS,
    affinity: { type: 'object' },
    topologySpread: { enum: ['ScheduleAnyway', 'DoNotSchedule'] },
    watchNamespaces: {
      type: 'array',
      uniqueItems: true,
      items: { type: 'string', maxLength: 63, pattern: '^[a-z0-9]([-a-z0-9]*[a-z0-9])?$' },
    },
    crds: SWITCH,
    admissionPolicies: SWITCH,
    metrics: METRICS,
    priorityClassName: TEXT,
    flags: closed(Object.fromEntries(flags().map((flag) => [flag.name(), flagSchema(flag)]))),
    // Of a chart that has this one in it: Helm hands both down, the latter where it is the condition of the dependency.
    global: { type: 'object' },
    enabled: { type: 'boolean' },
  };
}

function closed(properties: Record<string, object>, required: readonly string[] = []): object {
  const needed = required.length > 0 && { required };
  return { type: 'object', additionalProperties: false, ...needed, properties };
}

// biome-ignore lint/suspicious/noExplicitAny: the shape is that of config/manager/deployment.yaml
function deployment(manifests: readonly Manifest[]): any {
  const found = manifests.find(({ document }) => document.get('kind') === 'Deployment');
  if (found === undefined) throw new Error('config/ has no Deployment');
  return found.document.toJS();
}
