import { isInRange } from '../../domain/workload/port-range.ts';
import type { Pod } from '../../domain/workload/workload.ts';
import type { Audited } from './audited.ts';

/** A pod that is looked at for its workload. */
export interface Subject {
  audited: Audited;
  pod: Pod;
}

/** One ready pod of each template, by name: the others are made alike. */
export function subjectsOf(audited: readonly Audited[]): Subject[] {
  return audited.flatMap((each) => {
    const ready = each.judged.snapshot.pods
      .filter(({ ready, live, ips }) => ready && live && ips.length > 0)
      .toSorted((a, b) => (a.name < b.name ? -1 : 1));
    const templates = Map.groupBy(ready, ({ templateHash }) => templateHash);
    return [...templates.values()].flatMap(([pod]) => (pod ? [{ audited: each, pod }] : []));
  });
}

/** Whether the owner means the TCP port to be there, by a container or an annotation. */
export function isDeclared({ judged }: Audited, port: number): boolean {
  const { declared, ranges } = judged.asked;
  const asked = { port, protocol: 'TCP' } as const;
  return (
    declared.some((each) => each.port === port && each.protocol === 'TCP') ||
    ranges.some((range) => isInRange(range, asked))
  );
}
