import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { sendJson, sendStatus } from '../testing/scripted-api-server.ts';
import { scriptedCluster } from '../testing/scripted-cluster.ts';
import { type PeerRound, parseRound } from './peer/round.ts';
import { type PeerFlags, runPeer } from './peer.ts';

const ADDRESS = '127.0.0.1';
let server: Server | undefined;
afterEach(() => server?.close());

async function listener(): Promise<number> {
  server = createServer().listen(0, ADDRESS);
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

const NOTHING: PeerFlags = {
  listen: [],
  ask: [],
  common: [],
  again: false,
  rate: 0,
  timeout: 500,
  deleteNamespace: undefined,
};

/** What a peer tells until it ends, or until that many lines. */
async function told(given: Partial<PeerFlags>, lines = Number.POSITIVE_INFINITY) {
  const abort = new AbortController();
  const rounds: (PeerRound | undefined)[] = [];
  const flags: PeerFlags = { ...NOTHING, ...given };
  const stdout = async (line: string) => {
    rounds.push(parseRound(line.trimEnd()));
    if (rounds.length >= lines) abort.abort();
  };
  await runPeer(flags, { stdout }, abort.signal);
  return rounds;
}

describe('a peer', () => {
  it('asks each address once, and ends', async () => {
    const port = await listener();
    const ask = [{ address: ADDRESS, ports: [] }];
    const [round, ...more] = await told({ ask, common: [port] });
    expect(round?.addresses).toEqual([
      {
        address: ADDRESS,
        outcomes: new Map([[port, 'open']]),
        complete: true,
        doubt: '',
        note: '',
      },
    ]);
    expect(more).toEqual([]);
  });

  it('listens, and asks again until it is told to end', async () => {
    const port = await listener();
    server?.close();
    await once(server as Server, 'close');
    const ask = [{ address: ADDRESS, ports: [port] }];
    const rounds = await told({ listen: [port], ask, again: true }, 2);
    expect(rounds.map((round) => round?.addresses[0]?.outcomes.get(port))).toEqual([
      'open',
      'open',
    ]);
  });

  it('asks at each address for its own ports and the common ones, each once', async () => {
    const port = await listener();
    const ask = [
      { address: ADDRESS, ports: [port] },
      { address: '127.0.0.2', ports: [] },
    ];
    const rounds = await told({ ask, common: [port, 1] });
    const asked = rounds.map((round) => round?.addresses[0]);
    const byAddress = asked.toSorted((a, b) => ((a?.address ?? '') < (b?.address ?? '') ? -1 : 1));
    expect(byAddress.map((each) => [each?.address, [...(each?.outcomes.keys() ?? [])]])).toEqual([
      [ADDRESS, [1, port]],
      ['127.0.0.2', [1, port]],
    ]);
  });

  it('says that a port is in use, and asks nobody', async () => {
    server = createServer().listen(0);
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const ask = [{ address: ADDRESS, ports: [port] }];
    const lines: unknown[] = [];
    await expect(
      told({ listen: [port], ask }).then((rounds) => lines.push(...rounds)),
    ).rejects.toMatchObject({ code: 'EADDRINUSE' });
    expect(lines).toEqual([]);
  });
});

describe('a peer that is to delete its namespace', () => {
  const CALL = 'DELETE /api/v1/namespaces/throwaway';
  const api = scriptedCluster();

  const calls = () => api.server.requests.map(({ method, path }) => `${method} ${path}`);
  const ask = [{ address: ADDRESS, ports: [1] }];

  it('waits until it is told to end, and does so then', async () => {
    api.server.allow(CALL, (response) => sendJson(response, {}));
    const abort = new AbortController();
    const before: string[] = [];
    const stdout = async () => {
      before.push(...calls());
      setImmediate(() => abort.abort());
    };
    await runPeer({ ...NOTHING, ask, deleteNamespace: 'throwaway' }, { stdout }, abort.signal);
    expect(before).toEqual([]);
    expect(calls()).toEqual([CALL]);
  });

  it('ends all the same where that is gone already', async () => {
    api.server.allow(CALL, (response) =>
      sendStatus(response, 404, { reason: 'NotFound', message: 'gone' }),
    );
    await told({ ask, again: true, deleteNamespace: 'throwaway' }, 1);
    expect(calls()).toEqual([CALL]);
  });
});
