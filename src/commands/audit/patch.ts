import { MODE_LABEL } from '../../api/names.ts';
import { annotationIn } from '../../domain/preflight/annotate.ts';
import type { ListedPort } from '../../domain/workload/port-text.ts';
import { ofTemplate } from '../manifests/template-path.ts';

/** The part of a workload that mends a finding, as a strategic merge patch has it. */
export type Patch = Readonly<Record<string, unknown>>;

/** Labels the workload for enforcement. */
export const ENFORCE: Patch = { metadata: { labels: { [MODE_LABEL]: 'enforce' } } };

/** Declares a port in a container of a workload of that kind. */
export function declaring(kind: string, { port, protocol }: ListedPort, container: string): Patch {
  const declared = { containerPort: port, ...(protocol !== 'TCP' && { protocol }) };
  const containers = [{ name: container, ports: [declared] }];
  return ofTemplate(kind, { spec: { containers } });
}

/** Sets the annotation that the command in a sentence sets. */
export function annotating(sentence: string): Patch | undefined {
  const set = annotationIn(sentence);
  return set && { metadata: { annotations: { [set.key]: set.value } } };
}
