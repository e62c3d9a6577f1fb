import type { Protocol } from '../../api/kubernetes.ts';
import type { Workload } from '../../domain/workload/workload.ts';
import { CommandError } from '../command-error.ts';
import type { Found } from '../manifests/cluster.ts';
import type { NamedObject } from './named-object.ts';

/**
 * The workload that is named.
 * @throws CommandError
 */
export function subjectOf(
  { kind, namespace, name }: NamedObject,
  workloads: readonly Found<Workload>[],
): Found<Workload> {
  if (kind === 'Pod')
    throw new CommandError(
      `explain is about workloads, not pods: name the one that makes pod ${namespace}/${name}`,
    );
  const found = workloads.filter(
    ({ value }) =>
      value.namespace === namespace &&
      value.name === name &&
      (kind === undefined || value.kind === kind),
  );
  const [first, second] = found;
  if (first === undefined)
    throw new CommandError(
      `there is no ${kind ?? 'workload'} ${namespace}/${name} among what was read`,
    );
  if (second !== undefined)
    throw new CommandError(
      `both a ${first.value.kind} and a ${second.value.kind} are called ${namespace}/${name}: say ${first.value.kind.toLowerCase()}/${namespace}/${name}, for example`,
    );
  return first;
}

/** A port of a workload. */
export interface AskedPort {
  port: number;
  protocol: Protocol;
}

/**
 * `8080`, `8080/UDP`, or the name of a port that a container declares.
 * @throws CommandError
 */
export function portOf(text: string, { template }: Workload): AskedPort {
  const match = /^(\d{1,5})(?:\/(TCP|UDP|SCTP))?$/i.exec(text);
  if (match) {
    const port = Number(match[1]);
    if (port < 1 || port > 65_535) throw new CommandError(`${port} is no port: 1 to 65535`);
    return { port, protocol: (match[2]?.toUpperCase() ?? 'TCP') as Protocol };
  }
  const named = template.ports.find(({ name }) => name === text);
  if (named) return { port: named.port, protocol: named.protocol };
  throw new CommandError(
    `no container declares a port named ${JSON.stringify(text)}; say a name, 8080 or 8080/UDP`,
  );
}
