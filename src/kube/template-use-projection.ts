import type { ContainerHandler, TemplateUse } from '../domain/workload/template-use.ts';
import { annotatedPorts, scrapeAnnotations } from './annotated-ports.ts';
import { entriesOf, fieldsOf, portNumberOf, portReferenceOf, textOf } from './wire-fields.ts';

type Fields = Readonly<Record<string, unknown>>;

const PROBES = ['livenessProbe', 'readinessProbe', 'startupProbe'] as const;
const HOOKS = [
  ['postStart', 'postStart hook'],
  ['preStop', 'preStop hook'],
] as const;

/** What a pod template, or a pod, says about the use of its ports; both have `metadata` and `spec`. */
export function projectTemplateUse(template: unknown): TemplateUse {
  const { metadata, spec } = fieldsOf(template);
  const containers = servingContainers(fieldsOf(spec));
  const annotations = fieldsOf(fieldsOf(metadata).annotations);
  const annotated = annotatedPorts(fieldsOf(metadata));
  return {
    containers: containers.map(({ name }) => textOf(name)),
    handlers: containers.flatMap(containerHandlers),
    scrape: scrapeAnnotations(annotations),
    ...(annotated.length > 0 && { annotatedPorts: annotated }),
  };
}

/**
 * Containers and native sidecars. Other "init containers may not have Lifecycle actions, Readiness
 * probes, Liveness probes, or Startup probes" (core/v1 PodSpec initContainers).
 */
function servingContainers(spec: Fields): Fields[] {
  const sidecars = entriesOf(spec.initContainers)
    .map(fieldsOf)
    .filter(({ restartPolicy }) => restartPolicy === 'Always');
  return [...entriesOf(spec.containers).map(fieldsOf), ...sidecars];
}

function containerHandlers(container: Fields): ContainerHandler[] {
  const name = textOf(container.name);
  const lifecycle = fieldsOf(container.lifecycle);
  const probes = PROBES.flatMap((handler) => {
    const { httpGet, tcpSocket, grpc } = fieldsOf(container[handler]);
    const port =
      portReferenceOf(fieldsOf(httpGet).port) ?? portReferenceOf(fieldsOf(tcpSocket).port);
    const host = textOf(fieldsOf(httpGet).host) || textOf(fieldsOf(tcpSocket).host);
    return handlerOn(name, handler, port ?? portNumberOf(fieldsOf(grpc).port), host);
  });
  // "TCPSocket is NOT supported as a LifecycleHandler and kept for backward compatibility. …
  // lifecycle hooks will fail at runtime when it is specified", and there is no gRPC hook.
  const hooks = HOOKS.flatMap(([field, handler]) => {
    const { port, host } = fieldsOf(fieldsOf(lifecycle[field]).httpGet);
    return handlerOn(name, handler, portReferenceOf(port), textOf(host));
  });
  return [...probes, ...hooks];
}

function handlerOn(
  container: string,
  handler: ContainerHandler['handler'],
  port: ContainerHandler['port'] | undefined,
  host: string,
): ContainerHandler[] {
  return port === undefined ? [] : [{ container, handler, port, host }];
}
