import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Prober } from '../../probe/prober.ts';
import { ScriptedProber } from '../../testing/scripted-prober.ts';
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

  it('of all asks what matters first, what answered again among the rest, and tells how far it is', async () => {
    const scripted = new ScriptedProber(({ ports }, onProgress) => {
      onProgress(ports.length, ports.length);
      return { open: [8080], refused: [1], otherwise: 'filtered' };
    });
    const told: number[] = [];
    const order = { address: '127.9.9.9', asked: 'all', first: [1, 2] } as const;
    const onProgress = (done: number) => told.push(done);
    const { outcomes, complete } = await scan(scripted, { ...order, onProgress }, never);
    // The second one, which is silent, is not asked again.
    expect(
      scripted.jobs.map(({ ports, priority, expected }) => [ports.length, priority, expected]),
    ).toEqual([
      [3, 'check', undefined],
      [2, 'check', undefined],
      [65_534, 'sweep', [1]],
    ]);
    expect(outcomes.size).toBe(65_535);
    expect(complete).toBe(true);
    expect(outcomes.get(8080)).toBe('open');
    expect(outcomes.get(65_535)).toBe('filtered');
    expect(told).toEqual([2, 65_535]);
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
