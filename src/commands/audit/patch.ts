import { MODE_LABEL } from '../../api/names.ts';
import type { ListedPort } from '../../domain/workload/port-text.ts';

/** The part of a workload that mends a finding, as a strategic merge patch has it. */
export type Patch = Readonly<Record<string, unknown>>;

/** Labels the workload for enforcement. */
export const ENFORCE: Patch = { metadata: { labels: { [MODE_LABEL]: 'enforce' } } };

/** Declares a port in a container. */
export function declaring({ port, protocol }: ListedPort, container: string): Patch {
  const declared = { containerPort: port, ...(protocol !== 'TCP' && { protocol }) };
  const containers = [{ name: container, ports: [declared] }];
  return { spec: { template: { spec: { containers } } } };
}

/** Sets the annotation that a sentence says to set, as `set portlock.dev/extra-ports=9090/TCP`. */
export function annotating(sentence: string): Patch | undefined {
  const [, key, value] = /\bset (portlock\.dev\/[a-z-]+)=(\S+)/.exec(sentence) ?? [];
  if (key === undefined || value === undefined) return undefined;
  return { metadata: { annotations: { [key]: value.replace(/[,;.]$/, '') } } };
}
