import { afterEach, describe, expect, it } from 'vitest';
import { exposureOf } from '../../domain/exposure/exposure.ts';
import { visible } from '../../domain/text/visible-text.ts';
import { KubeClient } from '../../kube/client.ts';
import { pod } from '../../testing/builders.ts';
import { type ExecCall, ExecServer } from '../../testing/exec-server.ts';
import { probeDocument } from '../format/probe-document.ts';
import { probeTable } from '../format/probe-table.ts';
import { jsonText } from '../format/structured.ts';
import { lookInside } from './inside.ts';
import type { FoundPod } from './lookup.ts';

const never = new AbortController().signal;
const SUCCESS = { status: 'Success' };
const NO_PROGRAM = {
  status: 'Failure',
  message: 'exec: "cat": executable file not found in $PATH: unknown',
};

/** 0.0.0.0:8080 of socket 11, and 127.0.0.1:9000 of socket 12. */
const TABLE = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 00000000:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 11 1 0000000000000000 100 0 0 10 0
   1: 0100007F:2328 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 12 1 0000000000000000 100 0 0 10 0
`;
const owner = (socket: number, name: string, pid = 1) =>
  `/proc/${pid} ${name}\n/proc/${pid}/fd:\nlrwx------ 1 0 0 64 Jan 1 00:00 3 -> socket:[${socket}]\n`;

interface Answer {
  stdout?: string;
  status?: object;
}

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

/** Looks into containers that answer as `answer` says. */
async function look(
  containers: FoundPod['containers'],
  answer: (call: ExecCall) => Answer,
  fields: Partial<FoundPod> = {},
) {
  const server = await ExecServer.start((send, call) => {
    const { stdout = '', status = SUCCESS } = answer(call);
    send(1, stdout);
    send(3, JSON.stringify(status));
  });
  const client = new KubeClient({ kubeConfig: server.kubeConfig() });
  closers.push(
    () => client.close(),
    () => server.close(),
  );
  const found = { pod: pod(), declared: [], containers, sharesProcesses: false, ...fields };
  const view = await lookInside(client, found, never);
  return { view, ran: server.calls.map(({ container, words }) => `${container}: ${words[0]}`) };
}

const app = { name: 'app', mayChangeNode: false };
const proxy = { name: 'proxy', mayChangeNode: false };

describe('looking inside', () => {
  it('reads by cat, and tells the containers of a pod apart', async () => {
    const { view } = await look([app, proxy], ({ container, words }) => {
      if (words[0] === 'cat') return { stdout: TABLE };
      return { stdout: container === 'app' ? owner(11, 'java') : owner(12, 'envoy') };
    });
    expect(view).toEqual({
      listeners: [
        { address: '0.0.0.0', port: 8080, container: 'app', process: 'java' },
        { address: '127.0.0.1', port: 9000, container: 'proxy', process: 'envoy' },
      ],
      connections: [],
      containers: [
        { container: 'app', readBy: 'cat', reason: '' },
        { container: 'proxy', readBy: 'cat', reason: '' },
      ],
    });
  });

  it('does without a shell: whose it is then is known of an only container', async () => {
    const answer = ({ words }: ExecCall): Answer =>
      words[0] === 'cat' ? { stdout: TABLE } : { status: NO_PROGRAM };
    const container = async (containers: FoundPod['containers']) =>
      (await look(containers, answer)).view.listeners?.map((each) => each.container);
    expect(await container([app])).toEqual(['app', 'app']);
    expect(await container([app, proxy])).toEqual(['', '']);
  });

  it('does not say whose a socket is where containers see each other’s processes', async () => {
    const answer = ({ words }: ExecCall): Answer =>
      words[0] === 'cat'
        ? { stdout: TABLE }
        : { stdout: owner(11, 'java') + owner(12, 'envoy', 7) };
    const { view } = await look([app, proxy], answer, { sharesProcesses: true });
    expect(view.listeners?.map(({ container, process }) => [container, process])).toEqual([
      ['', 'java'],
      ['', 'envoy'],
    ]);
  });

  it('takes a table that one of two files was missing of', async () => {
    const { view } = await look([app], ({ words }) =>
      words[0] === 'cat'
        ? { stdout: TABLE, status: { status: 'Failure', message: 'exit code 1' } }
        : {},
    );
    expect(view.listeners).toHaveLength(2);
  });

  it('reads by Node where there is no cat, by the path of distroless images first', async () => {
    const { view, ran } = await look([app], ({ words }) =>
      words[0] === 'node' ? { stdout: TABLE + owner(11, 'node') } : { status: NO_PROGRAM },
    );
    expect(ran).toEqual(['app: cat', 'app: /nodejs/bin/node', 'app: node']);
    expect(view.containers).toEqual([{ container: 'app', readBy: 'node', reason: '' }]);
    expect(view.listeners?.[0]).toMatchObject({ container: 'app', process: 'node' });
  });

  it('does not start a Node that the environment may make load more', async () => {
    const { view, ran } = await look([{ name: 'app', mayChangeNode: true }], () => ({
      status: NO_PROGRAM,
    }));
    expect(ran).toEqual(['app: cat']);
    expect(view.listeners).toBeUndefined();
    expect(view.containers[0]?.reason).toMatch(/^no cat in the image, and its environment/);
  });

  it('shows a process whose name is written for the terminal, and lets it do nothing there', async () => {
    const hostile = '\u001b]0;owned\u0007\u009b31m\u202e';
    const { view } = await look([app], ({ words }) =>
      words[0] === 'cat' ? { stdout: TABLE } : { stdout: owner(11, hostile) },
    );
    expect(view.listeners?.[0]?.process).toBe(hostile);
    const address = {
      ...exposureOf({
        hasPod: true,
        declared: [],
        asked: [8080],
        isNamed: true,
        complete: true,
        outcomes: new Map([[8080, 'open'] as const]),
        doubt: undefined,
        listeners: view.listeners,
      }),
      address: '10.0.0.1',
      pod: undefined,
      portsAsked: 1,
      inside: view.containers,
    };
    const result = {
      target: '10.0.0.1',
      isRange: false,
      from: 'here',
      startedAt: 0,
      endedAt: 0,
      verdict: address.verdict,
      addresses: [address],
      silentAddresses: 0,
      warnings: [],
    };
    const shown = '\\x1b]0;owned\\x07\\x9b31m\\u202e';
    for (const wide of [false, true]) {
      const table = probeTable(result, { wide, color: false });
      expect(table).toContain(`app: ${shown} on *`);
      for (const line of table.split('\n')) expect(visible(line)).toBe(line);
    }
    const json = jsonText(probeDocument(result));
    for (const line of json.split('\n')) expect(visible(line)).toBe(line);
    expect(JSON.parse(json).addresses[0].ports[0].listeners[0].process).toBe(hostile);
  });

  it('says why nothing could be read', async () => {
    const broken = { status: 'Failure', message: 'container\nis \u001b[31mpaused' };
    const { view, ran } = await look([app], () => ({ status: broken }));
    expect(ran).toEqual(['app: cat']);
    expect(view).toEqual({
      listeners: undefined,
      connections: [],
      containers: [{ container: 'app', readBy: undefined, reason: 'container is \\x1b[31mpaused' }],
    });
    const { view: bare } = await look([app], () => ({ status: NO_PROGRAM }));
    expect(bare.containers[0]?.reason).toBe('no cat in the image');
  });
});
