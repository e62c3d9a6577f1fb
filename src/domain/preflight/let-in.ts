import { type AllowFrom, entryOf, sourcesOf } from '../workload/allow-from.ts';
import type { ListedPort } from '../workload/port-text.ts';
import {
  isAnybody,
  namespacesIn,
  type SourceEntry,
  type Sources,
  sourcesFrom,
} from '../workload/sources.ts';
import type { Source } from './source.ts';

/** Whether a source is let in to a port; `presumed` where only the owner can know that it is. */
export type LetIn = 'yes' | 'no' | 'presumed';

/**
 * What allow-from means for a source of which no more is known than the use tells.
 *
 * Where a program runs as an Ingress controller does, no object says. An entry for that very port which names
 * another namespace is the owner's answer; one for all ports was written with others in mind, and is none.
 *
 * @param own the namespace of the pods
 */
export function letIn(allowFrom: AllowFrom, port: ListedPort, source: Source, own: string): LetIn {
  const sources = sourcesOf(allowFrom, port);
  if (isAnybody(sources)) return 'yes';
  switch (source.kind) {
    case 'anybody':
    // "traffic to and from the node where a Pod is running is always allowed, regardless of the IP address of the
    // Pod or the node" (Kubernetes docs, network-policies)
    case 'kubelet':
      return 'yes';
    case 'peers':
      return sources.includes('same-namespace') || namespacesIn(sources).includes(own)
        ? 'yes'
        : 'no';
    // They come from addresses, and no entry but any lets those in.
    case 'apiServer':
    case 'outside':
      return 'no';
    case 'pods': {
      const { namespace } = source;
      if (namespace === own && sources.includes('same-namespace')) return 'yes';
      if (namespace !== undefined && namespacesIn(sources).includes(namespace)) return 'yes';
      return namespacesIn(entryOf(allowFrom, port) ?? []).some((each) => each !== own)
        ? 'presumed'
        : 'no';
    }
  }
}

/** Who has to be let in to a port, beside those who are, for all of these sources to be. */
export function neededSources(before: Sources, sources: readonly Source[]): Sources {
  return sourcesFrom([...before, ...sources.map(neededEntry)]);
}

function neededEntry(source: Source): SourceEntry {
  if (source.kind === 'peers') return 'same-namespace';
  return source.kind === 'pods' && source.namespace !== undefined
    ? `namespace/${source.namespace}`
    : 'any';
}
