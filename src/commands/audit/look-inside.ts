import { isLoopback } from '../../domain/exposure/socket-table.ts';
import type { KubeClient } from '../../kube/client.ts';
import { projectImages } from '../../kube/container-projection.ts';
import { PODS } from '../../kube/resources.ts';
import { withTroubleTold } from '../api-trouble.ts';
import { CommandError } from '../command-error.ts';
import { lookInside } from '../probe/inside.ts';
import { podOf } from '../probe/lookup.ts';
import type { Evidence } from './evidence.ts';
import { isDeclared, type Subject } from './subjects.ts';

/** What is seen from inside of a pod. */
export type Inside = Pick<Evidence, 'listening' | 'connected' | 'doubts'>;

/** Execs at a time: each takes a connection to the API server and to a kubelet. */
const AT_A_TIME = 8;

/**
 * Looks into a pod of each template, by exec with the user's own rights. What cannot be looked into is a doubt.
 *
 * @param peerOf names who has an address
 */
export async function lookIntoPods(
  client: KubeClient,
  subjects: readonly Subject[],
  peerOf: (address: string) => string,
  onDone: (done: number) => void,
  signal: AbortSignal,
): Promise<Map<Subject, Inside>> {
  const insides = new Map<Subject, Inside>();
  const waiting = subjects.values();
  const work = async () => {
    for (const subject of waiting) {
      insides.set(subject, await lookIntoPod(client, subject, peerOf, signal));
      onDone(insides.size);
    }
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, work));
  return insides;
}

async function lookIntoPod(
  client: KubeClient,
  { audited, pod: { namespace, name, uid } }: Subject,
  peerOf: (address: string) => string,
  signal: AbortSignal,
): Promise<Inside> {
  const unknown = (why: string): Inside => ({
    listening: undefined,
    connected: undefined,
    doubts: [`could not look inside ${namespace}/${name}: ${why}`],
  });
  try {
    const asked = { verb: 'get', resource: 'pods', namespace };
    const wire = await withTroubleTold(asked, () =>
      client.get(PODS, { namespace, name }, { signal }),
    );
    const found = podOf(wire);
    if (found.pod.uid !== uid) return unknown('another pod has that name now');
    if (found.pod.hostNetwork) return unknown('it shows the sockets of its whole node');
    const { listeners, connections, containers } = await lookInside(client, found, signal);
    const reasons = containers.filter(({ readBy }) => !readBy);
    if (listeners === undefined)
      return unknown(reasons.map(({ container, reason }) => `${container}: ${reason}`).join('; '));
    const images = projectImages(wire);
    const heard = new Set(listeners.map(({ port }) => port));
    const own = new Set(found.pod.ips);
    return {
      listening: listeners.map((each) => ({
        ...each,
        image: images.get(each.container) ?? '',
        declared: isDeclared(audited, each.port),
      })),
      connected: connections
        .filter(({ port, peer }) => heard.has(port) && !isLoopback(peer) && !own.has(peer))
        .map(({ port, peer }) => ({
          port,
          peer: peerOf(peer),
          declared: isDeclared(audited, port),
        })),
      doubts: [],
    };
  } catch (error) {
    if (signal.aborted || !(error instanceof CommandError)) throw error;
    return unknown(error.message);
  }
}
