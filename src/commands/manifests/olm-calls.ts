import type { ServiceReference } from '../../domain/preflight/usage.ts';
import { projectService } from '../../kube/usage-projections.ts';
import {
  entriesOf,
  fieldsOf,
  identityOf,
  portNumberOf,
  portReferenceOf,
  textOf,
} from '../../kube/wire-fields.ts';
import type { ManifestCluster } from './cluster.ts';
import type { Wire } from './manifest.ts';

/** What has the API server call a Deployment of a ClusterServiceVersion. */
export interface OlmCall {
  by: 'CustomResourceDefinition' | 'APIService' | keyof typeof ADMISSION;
  name: string;
  port: number;
  targetPort: number | string;
}

const ADMISSION = {
  ValidatingWebhookConfiguration: 'ValidatingAdmissionWebhook',
  MutatingWebhookConfiguration: 'MutatingAdmissionWebhook',
} as const;

/** What calls the Deployment of this name, by the webhooks and APIs that a ClusterServiceVersion describes. */
export function olmCallsOf({ spec }: Wire, deployment: string): OlmCall[] {
  const { webhookdefinitions, apiservicedefinitions } = fieldsOf(spec);
  const { owned } = fieldsOf(apiservicedefinitions);
  const ofIt = (all: unknown) =>
    entriesOf(all)
      .map(fieldsOf)
      .filter(({ deploymentName }) => deploymentName === deployment);
  return [
    ...ofIt(webhookdefinitions).flatMap((each) =>
      webhooksOf(each).map((webhook) => ({ ...webhook, ...portsOf(each) })),
    ),
    ...ofIt(owned).map((each) => ({
      by: 'APIService' as const,
      name: `${textOf(each.version)}.${textOf(each.group)}`,
      ...portsOf({ containerPort: each.containerPort }),
    })),
  ];
}

/** "ConversionCRDs" are those whose versions a webhook converts (WebhookDescription). */
function webhooksOf({
  type,
  generateName,
  conversionCRDs,
}: Record<string, unknown>): Pick<OlmCall, 'by' | 'name'>[] {
  const admission = Object.entries(ADMISSION).find(([, each]) => each === type)?.[0];
  if (admission !== undefined)
    return [{ by: admission as keyof typeof ADMISSION, name: textOf(generateName) }];
  if (type !== 'ConversionWebhook') return [];
  return entriesOf(conversionCRDs).map((name) => ({
    by: 'CustomResourceDefinition',
    name: textOf(name),
  }));
}

/** The Service that OLM makes has 443 where none is said, and leads to its own port where no other is. */
function portsOf({
  containerPort,
  targetPort,
}: Record<string, unknown>): Pick<OlmCall, 'port' | 'targetPort'> {
  const port = portNumberOf(containerPort) ?? 443;
  return { port, targetPort: portReferenceOf(targetPort) ?? port };
}

/**
 * Takes in the Service that OLM makes for a Deployment, and those by which the API server calls it.
 * @param deployment in its namespace
 */
export function takeOlmCalls(
  { usage }: ManifestCluster,
  deployment: object,
  calls: readonly OlmCall[],
): void {
  if (calls.length === 0) return;
  const { namespace, name } = identityOf(deployment);
  const { matchLabels } = fieldsOf(fieldsOf(fieldsOf(deployment).spec).selector);
  const metadata = { namespace, name: `${name}-service` };
  const ports = calls.map(({ port, targetPort }) => ({ name: `${port}`, port, targetPort }));
  usage.services.push(projectService({ metadata, spec: { selector: matchLabels, ports } }));
  for (const { by, name: caller, port } of calls) {
    const service: ServiceReference = { ...metadata, port };
    if (by === 'APIService') usage.apiServices.push({ name: caller, service });
    else if (by === 'CustomResourceDefinition')
      usage.definitions.push({ name: caller, versions: [], service });
    else usage.webhooks.push({ kind: by, name: caller, services: [service] });
  }
}
