import { fieldsOf } from '../../kube/wire-fields.ts';

/** Where the pod template of a workload of that kind stands in its object. */
export function templatePath(kind: string): readonly string[] {
  return kind === 'CronJob' ? ['spec', 'jobTemplate', 'spec', 'template'] : ['spec', 'template'];
}

/** The pod template of an object of that kind; undefined where there is none. */
export function templateIn(wire: object, kind: string): unknown {
  let part: unknown = wire;
  for (const field of templatePath(kind)) part = fieldsOf(part)[field];
  return part;
}

/** The part of such a workload that says this of its template. */
export function ofTemplate(kind: string, template: object): Readonly<Record<string, unknown>> {
  let part: Record<string, unknown> = { ...template };
  for (const field of templatePath(kind).toReversed()) part = { [field]: part };
  return part;
}
