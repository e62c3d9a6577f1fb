import { THROWAWAY_LABEL } from '../../api/names.ts';
import type { RunningPod } from '../throwaway/await-running.ts';
import type { Throwaway } from '../throwaway/throwaway.ts';
import type { Words } from '../words.ts';
import type { CheckedPath } from './check-result.ts';
import { ALLOWED_PORT, DENIED_PORT } from './path-progress.ts';
import { WatchedPath } from './watched-path.ts';

const HOSTNAME = 'kubernetes.io/hostname';
const ROLE_LABEL = 'portlock.dev/peer';

/**
 * Makes pods on two nodes where there are two, a policy for them, and watches what becomes of connections between them.
 *
 * @param settle how long a network may take to heed a policy, in ms
 * @throws CommandError where a pod cannot be made, or does not start
 */
export async function checkPaths(
  throwaway: Throwaway,
  settle: number,
  words: Words,
  signal: AbortSignal,
): Promise<CheckedPath[]> {
  const end = new AbortController();
  const signals = AbortSignal.any([signal, end.signal]);
  const paths = await startPaths(throwaway, words, signals);
  try {
    for (const path of paths) path.follow(settle);
    const open = await Promise.all(paths.map((path) => path.open()));
    if (open.every(Boolean)) {
      words.say('Making the policy');
      await throwaway.allowOnly(ALLOWED_PORT, signals);
      const madeAt = performance.now();
      await Promise.all(paths.map((path) => path.conclude(madeAt)));
    }
    return paths.map((path) => path.result());
  } finally {
    end.abort();
  }
}

/** One from the second pod to the first; where these are on two nodes, one the other way, too. */
async function startPaths(
  throwaway: Throwaway,
  words: Words,
  signal: AbortSignal,
): Promise<WatchedPath[]> {
  const listen = ['--listen', `${ALLOWED_PORT},${DENIED_PORT}`];
  const { name } = throwaway.place;
  words.say(`Starting pods in ${throwaway.place.namespace}`);
  const start = (role: string, to: RunningPod | undefined, affinity?: object) => {
    const ask = (to?.ips ?? []).flatMap((ip) => ['--ask', `${ip}=${ALLOWED_PORT},${DENIED_PORT}`]);
    const args = [...listen, ...ask, ...(to ? ['--again'] : [])];
    const pod = { name: `${name}-${role}`, args, labels: { [ROLE_LABEL]: role }, affinity };
    return throwaway.start(pod, signal);
  };
  const besideFirst = {
    labelSelector: { matchLabels: { [THROWAWAY_LABEL]: name, [ROLE_LABEL]: 'first' } },
    topologyKey: HOSTNAME,
  };
  const first = await start('first', undefined);
  const second = await start('second', first, {
    podAntiAffinity: {
      preferredDuringSchedulingIgnoredDuringExecution: [
        { weight: 100, podAffinityTerm: besideFirst },
      ],
    },
  });
  const to = new WatchedPath(throwaway, { from: second, to: first }, signal);
  if (first.node === second.node) return [to];
  const back = await start('third', second, {
    podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [besideFirst] },
  });
  return [to, new WatchedPath(throwaway, { from: back, to: second }, signal)];
}
