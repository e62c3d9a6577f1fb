import { afterEach, describe, expect, it } from 'vitest';
import { KubeClient } from '../../kube/client.ts';
import { pod } from '../../testing/builders.ts';
import { type ExecAnswer, ExecServer } from '../../testing/exec-server.ts';
import { SOCKET_TABLE } from '../../testing/socket-table.ts';
import { lookIntoPods } from './look-inside.ts';
import type { Subject } from './subjects.ts';

const never = new AbortController().signal;
const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

const WIRE = {
  metadata: { namespace: 'shop', name: 'web-1', uid: 'u1' },
  spec: { containers: [{ name: 'app', image: 'registry.example/web:1' }] },
  status: {
    phase: 'Running',
    podIPs: [{ ip: '10.0.0.1' }],
    containerStatuses: [{ name: 'app', state: { running: {} } }],
  },
};

async function look(answer: ExecAnswer, wire: object = WIRE, status = 200) {
  const server = await ExecServer.start(answer, (_, response) => {
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(wire));
  });
  const client = new KubeClient({ kubeConfig: server.kubeConfig() });
  closers.push(
    () => client.close(),
    () => server.close(),
  );
  const judged = { asked: { declared: [{ port: 8080, protocol: 'TCP' }], ranges: [] } };
  const subject = {
    audited: { judged },
    pod: pod({ namespace: 'shop', name: 'web-1', uid: 'u1' }),
  } as unknown as Subject;
  const peers: Record<string, string> = { '10.0.0.7': 'shop/client' };
  const peerOf = (address: string) => peers[address] ?? address;
  const insides = await lookIntoPods(client, [subject], peerOf, () => {}, never);
  return insides.get(subject);
}

const reads: ExecAnswer = (send, { words }) => {
  if (words[0] === 'cat') send(1, SOCKET_TABLE);
  send(3, JSON.stringify({ status: 'Success' }));
};

describe('looking into the pods of an audit', () => {
  it('tells what listens, in which image, and who is connected to it', async () => {
    expect(await look(reads)).toEqual({
      listening: [
        {
          address: '0.0.0.0',
          port: 9090,
          container: 'app',
          process: '',
          image: 'registry.example/web:1',
          declared: false,
        },
      ],
      connected: [{ port: 9090, peer: 'shop/client', declared: false }],
      doubts: [],
    });
  });

  it.each<[string, ExecAnswer, object, number, RegExp]>([
    [
      'a pod whose image has no program to read with',
      (send) => send(3, JSON.stringify({ status: 'Failure', message: 'cat: not found' })),
      WIRE,
      200,
      /^could not look inside shop\/web-1: app: no cat in the image$/,
    ],
    [
      'a pod that another has taken the place of',
      reads,
      { ...WIRE, metadata: { ...WIRE.metadata, uid: 'u2' } },
      200,
      /another pod has that name now$/,
    ],
    [
      'a pod that may not be read',
      reads,
      { kind: 'Status', code: 403, reason: 'Forbidden', message: 'no' },
      403,
      /not allowed to get pods in the namespace "shop": no$/,
    ],
  ])('%s is a doubt', async (_, answer, wire, status, doubt) => {
    expect(await look(answer, wire, status)).toEqual({
      listening: undefined,
      connected: undefined,
      doubts: [expect.stringMatching(doubt)],
    });
  });
});
