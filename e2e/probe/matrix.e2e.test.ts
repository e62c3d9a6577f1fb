/**
 * What can happen to a connection, over IPv4 and IPv6, on a quiet and on a busy machine: every port of
 * every cell has one right outcome, and a reading that is not sure counts as wrong. `npm test` asks
 * each cell once; `npm run test:probe` 20 times, and prints the table.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Outcome, Reading } from '../../src/domain/probing/reading.ts';
import { keepAllCoresBusy } from './keep-busy.ts';
import { type Addresses, NetworkNamespaces, SYN } from './network-namespaces.ts';

const REPETITIONS = Number(process.env.PROBE_REPETITIONS ?? 1);
const options = { connectionsPerSecond: 0, maximumInFlight: 8_192, timeoutMilliseconds: 500 };

const LISTENED = [8_080, 8_200, 8_250];
const HANGS_UP = 8_700;
const RESETS = 8_701;
const TARPIT = 8_702;
const FULL = 8_800;
const RANGE = Array.from({ length: 300 }, (_, i) => 8_000 + i);
const FEW = [8_000, 8_001, 8_002, 8_003, ...LISTENED, 8_297, 8_298, 8_299];
/** The one way to an open port that is let through, and the one to an open port that nobody declared. */
const LET_IN = 'tcp dport { 8080, 8250 } accept';

type Family = 'ipv4' | 'ipv6';

interface Cell {
  name: string;
  /** nftables rules for packets to the cell's address. */
  rules?: (family: Family) => string[];
  /** How many packets in a hundred are lost on the way there, and as many on the way back. */
  lossPercent?: number;
  /** On a line so slow that the last of its SYNs waits for 0.4 s. */
  slow?: true;
  /** On a line on which the answer takes 200 ms. */
  far?: true;
  redirect?: true;
  absent?: true;
  /** Unset = a check of a few ports and a sweep of 300. */
  ports?: number[];
  /** What may be read of a port; more than one where the truth cannot be known. */
  right: (port: number) => Outcome | Outcome[];
}

const listened = (port: number): Outcome => (LISTENED.includes(port) ? 'open' : 'refused');
const locked = (port: number): Outcome => ([8_080, 8_250].includes(port) ? 'open' : 'filtered');
const always = (outcome: Outcome) => () => outcome;
const icmp = (family: Family) => (family === 'ipv4' ? 'icmp' : 'icmpv6');
const lock = () => [LET_IN, `${SYN} drop`];

const CELLS: Cell[] = [
  { name: 'open and closed', right: listened },
  { name: 'all dropped', rules: () => [`${SYN} drop`], right: always('filtered') },
  { name: 'all but two dropped', rules: lock, right: locked },
  {
    name: 'rejected with tcp reset',
    rules: () => [`${SYN} reject with tcp reset`],
    right: always('refused'),
  },
  {
    name: 'rejected as ICMP port-unreachable',
    rules: (family) => [`meta l4proto tcp reject with ${icmp(family)} port-unreachable`],
    right: always('refused'),
  },
  {
    name: 'rejected as ICMP admin-prohibited',
    rules: (family) => [`meta l4proto tcp reject with ${icmp(family)} admin-prohibited`],
    right: always('unreachable'),
  },
  { name: 'SYN queue full', ports: [FULL], right: always('filtered') },
  { name: 'accepts, then hangs up', ports: [HANGS_UP], right: always('open') },
  { name: 'accepts, then resets', ports: [RESETS], right: always('open') },
  { name: 'tarpit', ports: [TARPIT], right: always('open') },
  { name: 'everything redirected', redirect: true, right: always('open') },
  ...[1, 5, 20].flatMap((percent): Cell[] => [
    { name: `${percent} % lost each way`, lossPercent: percent, right: listened },
    {
      name: `${percent} % lost each way, all but two dropped`,
      lossPercent: percent,
      rules: lock,
      right: locked,
    },
  ]),
  { name: 'slow line', slow: true, right: listened },
  { name: 'slow line, all but two dropped', slow: true, rules: lock, right: locked },
  { name: '200 ms away', far: true, right: listened },
  { name: '200 ms away, all but two dropped', far: true, rules: lock, right: locked },
  {
    name: '400 SYNs a second at most',
    rules: () => [`${SYN} limit rate over 400/second burst 5 packets drop`],
    right: listened,
  },
  { name: 'host away', absent: true, right: () => ['filtered', 'unreachable'] },
];

let network: NetworkNamespaces;
const addressOf = new Map<Cell, Addresses>();

beforeAll(async () => {
  network = await NetworkNamespaces.create();
  const others = [`${HANGS_UP}:hangs-up`, `${RESETS}:resets`, `${TARPIT}:tarpit`, `${FULL}:full`];
  await network.listen(...LISTENED, ...others);
  // Else the kernel sends one ICMP error a second, and most of the cell would be silent.
  await network.liftIcmpLimits();
  const far = await network.addDelayedAddresses(CELLS.filter((cell) => cell.far).length, 100);
  const away = { ipv4: network.absentIpv4, ipv6: 'fd99::9' };
  for (const [index, cell] of CELLS.entries()) {
    const address = cell.absent ? away : cell.far && far.shift();
    addressOf.set(cell, address ?? (await network.addAddress(20 + index)));
  }
  await network.filter(
    [...CELLS.flatMap((cell) => lossOf(cell, 'daddr')), ...CELLS.flatMap(rulesOf)],
    CELLS.flatMap(redirectOf),
    CELLS.flatMap((cell) => lossOf(cell, 'saddr')),
  );
  const slow = CELLS.flatMap((cell) => (cell.slow ? (addressOf.get(cell) ?? []) : []));
  await network.slowDownTo(slow, '2mbit');
});
afterAll(() => network?.remove());

function lossOf(cell: Cell, end: 'daddr' | 'saddr'): string[] {
  if (cell.lossPercent === undefined) return [];
  const { ipv4, ipv6 } = addressOf.get(cell) as Addresses;
  const drop = `meta l4proto tcp numgen random mod 100 < ${cell.lossPercent} drop`;
  return [`ip ${end} ${ipv4} ${drop}`, `ip6 ${end} ${ipv6} ${drop}`];
}

function rulesOf(cell: Cell): string[] {
  return (['ipv4', 'ipv6'] as const).flatMap((family) =>
    (cell.rules?.(family) ?? []).map((rule) => `${destination(cell, family)} ${rule}`),
  );
}

function redirectOf(cell: Cell): string[] {
  if (!cell.redirect) return [];
  const { ipv4, ipv6 } = addressOf.get(cell) as Addresses;
  // Not "redirect", which would lead to whichever of the many addresses comes first.
  return [
    `ip daddr ${ipv4} tcp dport 1-65535 dnat ip to ${ipv4}:8080`,
    `ip6 daddr ${ipv6} tcp dport 1-65535 dnat ip6 to [${ipv6}]:8080`,
  ];
}

function destination(cell: Cell, family: Family): string {
  const address = addressOf.get(cell)?.[family];
  return family === 'ipv4' ? `ip daddr ${address}` : `ip6 daddr ${address}`;
}

const FAMILIES: Family[] = ['ipv4', 'ipv6'];

/** All cells at once, so that it takes as long as the slowest. */
async function readAll(): Promise<Map<Cell, Record<Family, Reading[]>>> {
  const asked = CELLS.flatMap((cell) =>
    FAMILIES.flatMap((family) =>
      (['check', 'sweep'] as const).map((priority) => ({
        cell,
        family,
        priority,
        ip: addressOf.get(cell)?.[family] ?? '',
        ports: cell.ports ?? (priority === 'check' ? FEW : RANGE),
      })),
    ),
  );
  const jobs = asked.map(({ ip, ports, priority }) => ({ ip, ports, priority }));
  const { readings } = await network.scan({ options, jobs });
  const results = new Map(CELLS.map((cell) => [cell, { ipv4: [], ipv6: [] }] as const)) as Map<
    Cell,
    Record<Family, Reading[]>
  >;
  for (const [index, reading] of readings.entries()) {
    const job = asked[index];
    if (job) results.get(job.cell)?.[job.family].push(reading);
  }
  return results;
}

/** What is wrong with a reading, in words; empty where nothing is. */
function wrongs(cell: Cell, { ports, complete, note }: Reading): string[] {
  const wrong = [...ports].filter(
    ([port, outcome]) => ![cell.right(port)].flat().includes(outcome),
  );
  const words = wrong.map(([port, outcome]) => `${port} read as ${outcome}`);
  return complete ? words : [...words, note ?? 'incomplete'];
}

describe.each(['quiet', 'busy'] as const)('on a %s machine', (load) => {
  const results: Map<Cell, Record<Family, Reading[]>>[] = [];

  beforeAll(async () => {
    const end = load === 'busy' ? keepAllCoresBusy() : () => {};
    try {
      for (let i = 0; i < REPETITIONS; i++) results.push(await readAll());
    } finally {
      end();
    }
  }, 120_000 * REPETITIONS);

  afterAll(() => {
    if (REPETITIONS === 1) return;
    const rows = CELLS.flatMap((cell) =>
      FAMILIES.map((family) => {
        const readings = results.flatMap((result) => result.get(cell)?.[family] ?? []);
        const wrong = readings.flatMap((reading) => wrongs(cell, reading));
        const milliseconds = readings.map(({ startedAt, endedAt }) => endedAt - startedAt);
        return {
          machine: load,
          cell: cell.name,
          family,
          readings: readings.length,
          ports: readings.reduce((sum, { ports }) => sum + ports.size, 0),
          wrong: wrong.length,
          'slowest s': Math.max(...milliseconds) / 1_000,
        };
      }),
    );
    console.table(rows);
  });

  it.each(CELLS.flatMap((cell) => FAMILIES.map((family) => ({ name: cell.name, family, cell }))))(
    'reads every port right: $name, $family',
    ({ cell, family }) => {
      const readings = results.flatMap((result) => result.get(cell)?.[family] ?? []);
      expect(readings).toHaveLength(2 * REPETITIONS);
      expect(readings.flatMap((reading) => wrongs(cell, reading))).toEqual([]);
    },
  );
});
