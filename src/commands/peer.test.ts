import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { type PeerRound, parseRound, roundLine } from './peer/round.ts';
import { type PeerFlags, runPeer } from './peer.ts';

const ADDRESS = '127.0.0.1';
let server: Server | undefined;
afterEach(() => server?.close());

async function listener(): Promise<number> {
  server = createServer().listen(0, ADDRESS);
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

/** What a peer tells until it ends, or until that many lines. */
async function told(given: Partial<PeerFlags>, lines = Number.POSITIVE_INFINITY) {
  const abort = new AbortController();
  const rounds: (PeerRound | undefined)[] = [];
  const flags: PeerFlags = {
    listen: [],
    ask: [],
    common: [],
    again: false,
    rate: 0,
    timeout: 500,
    deleteNamespace: undefined,
    ...given,
  };
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
});

describe('a line of a peer', () => {
  const round: PeerRound = {
    milliseconds: 12,
    addresses: [
      {
        address: 'fd00::1',
        outcomes: new Map([[80, 'open']]),
        complete: true,
        doubt: '',
        note: 'n',
      },
    ],
  };

  it('is read as it was written', () => {
    expect(parseRound(roundLine(round).trimEnd())).toEqual(round);
  });

  it.each(['', '(node:1) Warning: old', '[]', '{"milliseconds":1}', 'null'])(
    'is passed over where it is something else: %s',
    (line) => {
      expect(parseRound(line)).toBeUndefined();
    },
  );

  it('counts no outcome that is none', () => {
    const line = '{"milliseconds":1,"addresses":[{"address":"a","outcomes":{"80":"ajar"}}]}';
    expect(parseRound(line)?.addresses[0]?.outcomes.size).toBe(0);
  });
});
