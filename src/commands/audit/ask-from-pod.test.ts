import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { KubeClient } from '../../kube/client.ts';
import { pod } from '../../testing/builders.ts';
import { type ExecAnswer, ExecServer } from '../../testing/exec-server.ts';
import type { AskedAddress } from '../peer/round.ts';
import { askFromPod } from './ask-from-pod.ts';
import type { ProbeOrder } from './probe-order.ts';

const never = new AbortController().signal;
const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

const NOT_FOUND = { status: 'Failure', message: 'exec: not found in $PATH' };

/** A container whose only program is this Node. */
const runs: ExecAnswer = (send, { words: [program, ...rest] }) => {
  if (program !== 'node') return send(3, JSON.stringify(NOT_FOUND));
  execFile(process.execPath, rest, (_, stdout) => {
    send(1, stdout);
    send(3, JSON.stringify({ status: 'Success' }));
  });
};

async function ask(order: ProbeOrder, answer: ExecAnswer = runs, mayChangeNode = false) {
  const server = await ExecServer.start(answer);
  const client = new KubeClient({ kubeConfig: server.kubeConfig() });
  closers.push(
    () => client.close(),
    () => server.close(),
  );
  const asked: AskedAddress[] = [];
  const containers = [{ name: 'app', mayChangeNode }];
  const found = { pod: pod(), declared: [], containers, sharesProcesses: false };
  await askFromPod(client, found)(order, (each) => asked.push(each), never);
  return asked;
}

function orderFor(common: ProbeOrder['common'], own: readonly number[] = []): ProbeOrder {
  return { common, addresses: new Map([['127.0.0.1', own]]), rate: 0 };
}

describe('asking from a pod that is there', () => {
  it('connects by the Node of its image', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    closers.push(() => server.close());
    const { port } = server.address() as AddressInfo;
    const [told] = await ask(orderFor([1], [port]));
    expect(told).toMatchObject({ address: '127.0.0.1', complete: true, doubt: '' });
    expect([...(told?.outcomes ?? [])].sort()).toEqual([
      [1, 'refused'],
      [port, 'open'],
    ]);
  });

  it('doubts where every port answers', async () => {
    const answersAll: ExecAnswer = (send, { words }) => {
      const { address, ports } = JSON.parse(words.at(-1) ?? '');
      const outcomes = Object.fromEntries(ports.map((port: number) => [port, 'open']));
      send(1, `${JSON.stringify({ milliseconds: 1, addresses: [{ address, outcomes }] })}\n`);
      send(3, JSON.stringify({ status: 'Success' }));
    };
    const [told] = await ask(orderFor([80]), answersAll);
    expect(told?.doubt).toMatch(/^every port answers here/);
    expect([...(told?.outcomes.keys() ?? [])]).toEqual([80]);
  });

  it.each<[string, ProbeOrder, boolean, RegExp]>([
    ['an image without Node', orderFor([80]), false, /it takes Node in its image: exec: not found/],
    ['a Node that loads more', orderFor([80]), true, /may make Node load more than it is told to$/],
    ['all ports', orderFor('all'), false, /--ports all takes a pod of its own/],
  ])('%s is told', async (_, order, mayChangeNode, message) => {
    const fails: ExecAnswer = (send) => send(3, JSON.stringify(NOT_FOUND));
    await expect(ask(order, fails, mayChangeNode)).rejects.toThrow(message);
  });
});
