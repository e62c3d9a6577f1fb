import { randomInt } from 'node:crypto';
import { drawDecoys } from '../../domain/probing/decoys.ts';
import type { KubeClient } from '../../kube/client.ts';
import { withTroubleTold } from '../api-trouble.ts';
import { CommandError } from '../command-error.ts';
import { type AskedAddress, parseRound } from '../peer/round.ts';
import type { FoundPod } from '../probe/lookup.ts';
import type { Ask } from './probe-order.ts';

/** Connects, sends nothing, and tells as a peer does; for images that have Node. */
const SCRIPT = `
const { connect } = require('net');
const { address, ports, timeout } = JSON.parse(process.argv[1]);
const outcomes = {};
const began = Date.now();
const ask = (port) => new Promise((resolve) => {
  const socket = connect({ host: address, port });
  const end = (outcome) => { outcomes[port] ??= outcome; socket.destroy(); resolve(); };
  socket.setTimeout(timeout, () => end('filtered'));
  socket.on('connect', () => { socket.end(); end('open'); });
  socket.on('error', ({ code }) => end({ ECONNREFUSED: 'refused', ECONNRESET: 'open', ETIMEDOUT: 'filtered', EHOSTUNREACH: 'unreachable', ENETUNREACH: 'unreachable' }[code] ?? 'error'));
});
Promise.all(ports.map(ask)).then(() => {
  const told = { address, outcomes, complete: true, doubt: '', note: '' };
  console.log(JSON.stringify({ milliseconds: Date.now() - began, addresses: [told] }));
});`;
const NODE_PROGRAMS = ['/nodejs/bin/node', 'node'];

/** So many connections at a time, and how long each may take, in ms: an exec ends within seconds. */
const AT_A_TIME = 400;
const TIMEOUT = 1_500;

/** Asks from a pod that is there, by exec with the user's own rights. */
export function askFromPod(client: KubeClient, { pod, containers }: FoundPod): Ask {
  const { namespace, name } = pod;
  const [container] = containers;
  const trouble = (why: string) =>
    new CommandError(`cannot connect from the pod ${namespace}/${name}: ${why}`);
  if (container === undefined) throw trouble('no container of it runs');
  if (container.mayChangeNode)
    throw trouble('its environment may make Node load more than it is told to');
  const run = async (asked: object, signal: AbortSignal): Promise<AskedAddress> => {
    const argument = JSON.stringify({ ...asked, timeout: TIMEOUT });
    let failure = '';
    for (const program of NODE_PROGRAMS) {
      const command = { container: container.name, words: [program, '-e', SCRIPT, argument] };
      const verb = { verb: 'get', resource: 'pods/exec', namespace };
      const result = await withTroubleTold(verb, () =>
        client.exec({ namespace, name }, command, { signal }),
      );
      const [told] = parseRound(result.stdout.trim())?.addresses ?? [];
      if (told) return told;
      failure = result.failure ?? 'nothing was told';
    }
    throw trouble(`it takes Node in its image: ${failure}`);
  };
  return async ({ common, addresses }, onAddress, signal) => {
    if (common === 'all')
      throw new CommandError('--ports all takes a pod of its own: drop --from-pod');
    for (const [address, own] of addresses) {
      const ports = [...new Set([...common, ...own])];
      const decoys = drawDecoys(ports, randomInt);
      const outcomes: AskedAddress['outcomes'][] = [];
      for (let at = 0; at < ports.length; at += AT_A_TIME) {
        const some = [...ports.slice(at, at + AT_A_TIME), ...(at === 0 ? decoys : [])];
        outcomes.push((await run({ address, ports: some }, signal)).outcomes);
      }
      const all = new Map(outcomes.flatMap((each) => [...each]));
      const answersAll = decoys.every((port) => all.get(port) === 'open');
      for (const port of decoys) all.delete(port);
      const doubt = answersAll ? 'every port answers here: a connection proves nothing' : '';
      onAddress({ address, outcomes: all, complete: true, doubt, note: '' });
    }
  };
}
