import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Prober } from '../../probe/prober.ts';
import { runScans } from './run-scans.ts';
import { type Scan, scan } from './scan.ts';

const never = new AbortController().signal;
const LIMITS = { connectionsPerSecond: 0, maximumInFlight: 4_096, timeoutMilliseconds: 300 };

const prober = new Prober(LIMITS);
let server: Server;
let open: number;

beforeEach(async () => {
  server = createServer((socket) => socket.on('error', () => {})).listen(0, '127.9.9.9');
  await once(server, 'listening');
  open = (server.address() as AddressInfo).port;
});
afterEach(() => {
  vi.restoreAllMocks();
  server.close();
});
afterAll(() => prober.close());

function scanOf(fields: Partial<Parameters<typeof scan>[1]>): Promise<Scan> {
  const order = { address: '127.9.9.9', asked: [1, open], first: [1], onProgress: () => {} };
  return scan(prober, { ...order, ...fields }, never);
}

describe('a scan', () => {
  it('of a list asks exactly its ports', async () => {
    expect(await scanOf({})).toEqual({
      outcomes: new Map([
        [1, 'refused'],
        [open, 'open'],
      ]),
      complete: true,
      doubt: undefined,
      note: '',
    });
  });

  it('of all asks what matters first, what answered again among the rest, and tells how far it is', {
    timeout: 60_000,
  }, async () => {
    const probe = vi.spyOn(prober, 'probe');
    const told: number[] = [];
    const { outcomes, complete } = await scanOf({
      asked: 'all',
      first: [1, 2],
      onProgress: (done) => told.push(done),
    });
    const jobs = probe.mock.calls.map(([job]) => job);
    expect(jobs.map(({ ports, priority }) => [ports.length, priority])).toEqual([
      [3, 'check'],
      [2, 'check'],
      [65_535, 'sweep'],
    ]);
    expect(outcomes.size).toBe(65_535);
    expect(complete).toBe(true);
    expect(outcomes.get(open)).toBe('open');
    expect(outcomes.get(65_535)).not.toBe(undefined);
    expect(told.at(-1)).toBe(65_535);
  });

  it('asks three ports that nobody has named before anything else', async () => {
    const probe = vi.spyOn(prober, 'probe');
    await scanOf({ first: [50_000] });
    const [decoys] = probe.mock.calls.map(([job]) => job);
    const ports = (decoys?.ports ?? []) as readonly number[];
    expect(new Set(ports).size).toBe(3);
    for (const port of ports) expect(port).toBeGreaterThanOrEqual(49_152);
    expect(ports).not.toContain(50_000);
  });
});

describe('a place of a workload', () => {
  it('that follows is asked for what the others were found open on', async () => {
    const place = (address: string) => ({ address, found: undefined });
    const common = { first: [1], isNamed: false };
    const scans = await runScans(
      prober,
      [
        { ...common, place: place('127.9.9.8'), asked: [1], isFollower: true },
        { ...common, place: place('127.9.9.9'), asked: [1, open], isFollower: false },
      ],
      () => {},
      never,
    );
    expect(
      scans.map(({ plan, scan: { outcomes } }) => [plan.place.address, [...outcomes]]),
    ).toEqual([
      [
        '127.9.9.8',
        [
          [1, 'refused'],
          [open, 'refused'],
        ],
      ],
      [
        '127.9.9.9',
        [
          [1, 'refused'],
          [open, 'open'],
        ],
      ],
    ]);
  });
});
