import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Reading } from '../../src/domain/probing/reading.ts';
import { goProgram } from '../cluster/go-program.ts';
import type { Scan } from './scan.ts';

const run = promisify(execFile);
const script = (name: string) => fileURLToPath(new URL(name, import.meta.url));

/** Matches the packets that open a connection, in nftables' words. */
export const SYN = 'tcp flags syn / syn,ack';

export interface Addresses {
  readonly ipv4: string;
  readonly ipv6: string;
}

/** What scan.ts printed, with the ports as a Map again. */
export interface ScanResult {
  milliseconds: number;
  /** The longest that the event loop of the caller, not of the worker, was held up. */
  longestDelayMilliseconds: number;
  /** Of all threads of the process, while it probed. */
  cpuSeconds: number;
  /** Peak resident memory of the whole process, in MiB. */
  peakMebibytes: number;
  readings: Reading[];
}

/**
 * Two network namespaces that only see each other: a client that probes and a target that is probed.
 * Needs root, iproute2 and nftables.
 */
export class NetworkNamespaces {
  readonly client = `portlock-probe-${process.pid}-client`;
  readonly target = `portlock-probe-${process.pid}-target`;
  /** The target's addresses; the network has no other host. */
  readonly ipv4 = '10.99.0.2';
  readonly ipv6 = 'fd99::2';
  /** On the network, but nobody has it. */
  readonly absentIpv4 = '10.99.0.9';
  /** Listeners, and lines with a delay: they end when their standard input does. */
  readonly #helpers: ChildProcess[] = [];

  /** Removes what a killed run left behind, then makes a new pair. */
  static async create(): Promise<NetworkNamespaces> {
    await removeLeftovers();
    const made = new NetworkNamespaces();
    await made.#create();
    return made;
  }

  async #create(): Promise<void> {
    for (const name of [this.client, this.target]) await run('ip', ['netns', 'add', name]);
    await run('ip', [
      'link',
      'add',
      'probe0',
      'netns',
      this.client,
      'type',
      'veth',
      'peer',
      'name',
      'probe0',
      'netns',
      this.target,
    ]);
    for (const [name, host] of [[this.client, 1] as const, [this.target, 2] as const]) {
      const ip = (...args: string[]) => run('ip', ['-netns', name, ...args]);
      await ip('address', 'add', `10.99.0.${host}/24`, 'dev', 'probe0');
      await ip('address', 'add', `fd99::${host}/64`, 'dev', 'probe0', 'nodad');
      await ip('link', 'set', 'probe0', 'up');
      await ip('link', 'set', 'lo', 'up');
    }
  }

  /** Runs a command in one of the two. */
  async run(namespace: string, command: readonly string[]): Promise<string> {
    const { stdout } = await run('ip', ['netns', 'exec', namespace, ...command]);
    return stdout;
  }

  /** Sets a kernel parameter, for example `net.ipv4.icmp_ratelimit`, of one of the two. */
  async sysctl(namespace: string, name: string, value: string): Promise<void> {
    const path = `/proc/sys/${name.replaceAll('.', '/')}`;
    await this.run(namespace, ['sh', '-c', 'echo "$1" > "$2"', 'sh', value, path]);
  }

  /** The kernel sends an ICMP error a second to one host, and 1,000 to all, unless told otherwise. */
  async liftIcmpLimits(): Promise<void> {
    await this.sysctl(this.target, 'net.ipv4.icmp_ratelimit', '0');
    await this.sysctl(this.target, 'net.ipv4.icmp_msgs_per_sec', '1000000');
    await this.sysctl(this.target, 'net.ipv4.icmp_msgs_burst', '1000000');
    await this.sysctl(this.target, 'net.ipv6.icmp.ratelimit', '0');
  }

  /**
   * Replaces the target's firewall, which also counts arriving SYNs.
   * @param rules nftables rules for arriving packets; none = all are let in
   * @param redirects nftables rules that lead packets elsewhere
   * @param answers nftables rules for leaving packets
   */
  async filter(
    rules: readonly string[],
    redirects: readonly string[] = [],
    answers: readonly string[] = [],
  ): Promise<void> {
    const nat =
      redirects.length === 0
        ? []
        : ['chain nat {', 'type nat hook prerouting priority dstnat', ...redirects, '}'];
    const ruleset = [
      'flush ruleset',
      'table inet probe {',
      'counter syns {',
      '}',
      ...nat,
      'chain output {',
      'type filter hook output priority filter',
      ...answers,
      '}',
      'chain input {',
      'type filter hook input priority filter',
      `${SYN} counter name syns`,
      ...rules,
      '}',
      '}',
    ].join('\n');
    await this.run(this.target, ['sh', '-c', 'echo "$1" | nft -f -', 'sh', ruleset]);
  }

  /** How many SYNs have arrived at the target since its firewall was last replaced. */
  async synCount(): Promise<number> {
    const counter = await this.run(this.target, [
      'nft',
      'list',
      'counter',
      'inet',
      'probe',
      'syns',
    ]);
    return Number(/packets (\d+)/.exec(counter)?.[1]);
  }

  /**
   * Slows what the client sends: with many connections under way each SYN waits in line.
   * @param rate as tc-tbf(8) has it, for example `5mbit`
   */
  async slowDown(rate: string): Promise<void> {
    const queue = ['dev', 'probe0', 'root', 'tbf', 'rate', rate, 'burst', '5kb', 'limit', '10mb'];
    await run('tc', ['-netns', this.client, 'qdisc', 'add', ...queue]);
  }

  /**
   * Gives the target more addresses.
   * @param host from 10 to 254
   */
  async addAddress(host: number): Promise<Addresses> {
    const addresses = addressesOn('99', host);
    const add = ['-netns', this.target, 'address', 'add'];
    await run('ip', [...add, `${addresses.ipv4}/24`, 'dev', 'probe0']);
    await run('ip', [...add, `${addresses.ipv6}/64`, 'dev', 'probe0', 'nodad']);
    return addresses;
  }

  /**
   * Gives what the client sends to each of these addresses a slow line of its own.
   * @param rate as tc-htb(8) has it, for example `2mbit`
   */
  async slowDownTo(addresses: readonly Addresses[], rate: string): Promise<void> {
    const tc = (what: string, ...args: string[]) =>
      run('tc', ['-netns', this.client, what, 'add', 'dev', 'probe0', ...args]);
    const match = (protocol: string, priority: string, ...rule: string[]) =>
      tc('filter', ...['parent', '1:', 'protocol', protocol, 'prio', priority, 'u32'], ...rule);
    await tc('qdisc', 'root', 'handle', '1:', 'htb');
    for (const [index, { ipv4, ipv6 }] of addresses.entries()) {
      const line = `1:${index + 2}`;
      await tc('class', 'parent', '1:', 'classid', line, 'htb', 'rate', rate, 'burst', '2kb');
      await tc('qdisc', 'parent', line, 'pfifo', 'limit', '10000');
      await match('ip', '1', 'match', 'ip', 'dst', `${ipv4}/32`, 'flowid', line);
      await match('ipv6', '2', 'match', 'ip6', 'dst', `${ipv6}/128`, 'flowid', line);
    }
  }

  /**
   * Joins the two by a second line, on which every packet takes so long, and gives the target
   * addresses on it. Needs Go.
   */
  async addDelayedAddresses(count: number, milliseconds: number): Promise<Addresses[]> {
    const directory = script('delay');
    const source = { directory, name: 'delay', go: '1.24' };
    const program = await goProgram(source, AbortSignal.timeout(120_000));
    const line = [DELAYED, this.client, this.target, String(milliseconds)];
    const delay = spawn(program, line, { stdio: ['pipe', 'pipe', 'inherit'] });
    this.#helpers.push(delay);
    const [said] = await Promise.race([once(delay.stdout, 'data'), once(delay, 'exit')]);
    if (!Buffer.isBuffer(said)) throw new Error('there is no line with a delay (see above)');
    const addresses = Array.from({ length: count }, (_, index) => addressesOn('97', index + 2));
    for (const [name, ends] of [
      [this.client, [addressesOn('97', 1)]],
      [this.target, addresses],
    ] as const) {
      const ip = (...args: string[]) => run('ip', ['-netns', name, ...args, 'dev', DELAYED]);
      await run('ip', ['-netns', name, 'link', 'set', DELAYED, 'up']);
      for (const { ipv4, ipv6 } of ends) {
        await ip('address', 'add', `${ipv4}/24`);
        await ip('address', 'add', `${ipv6}/64`, 'nodad');
      }
    }
    return addresses;
  }

  /**
   * Listens in the target until this pair is removed.
   * @param ports as listen.ts has them
   */
  async listen(...ports: (number | string)[]): Promise<void> {
    const command = [process.execPath, script('listen.ts'), ...ports.map(String)];
    const listener = spawn('ip', ['netns', 'exec', this.target, ...command], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    this.#helpers.push(listener);
    await once(listener.stdout, 'data');
  }

  /**
   * Probes from the client.
   * @param started gets the process that probes
   * @param openFiles the most files it may have open; unset = what the caller may
   * @param program scan.ts, bundled; unset = its source
   */
  async scan(scan: Scan, { openFiles, program, started }: ScanSettings = {}): Promise<ScanResult> {
    const limit = openFiles === undefined ? '' : `ulimit -n ${openFiles} && `;
    const command = ['sh', '-c', `${limit}exec "$@"`, 'sh', process.execPath];
    const words = [...command, program ?? script('scan.ts'), JSON.stringify(scan)];
    const scanning = run('ip', ['netns', 'exec', this.client, ...words], {
      maxBuffer: 100_000_000,
    });
    started?.(scanning.child);
    const result = JSON.parse((await scanning).stdout) as ScanResult;
    const readings = result.readings.map((reading) => ({
      ...reading,
      ports: new Map(reading.ports),
    }));
    return { ...result, readings };
  }

  async remove(): Promise<void> {
    for (const helper of this.#helpers.splice(0)) {
      helper.stdin?.end();
      if (helper.exitCode === null) await once(helper, 'exit');
    }
    for (const name of [this.client, this.target]) await run('ip', ['netns', 'delete', name]);
  }
}

/** The line with a delay. */
const DELAYED = 'probe1';

function addressesOn(network: '97' | '99', host: number): Addresses {
  return { ipv4: `10.${network}.0.${host}`, ipv6: `fd${network}::${host}` };
}

interface ScanSettings {
  openFiles?: number;
  program?: string;
  started?: (child: ChildProcess) => void;
}

/** Listeners of a killed run have ended with it: their standard input did. */
async function removeLeftovers(): Promise<void> {
  const { stdout } = await run('ip', ['netns', 'list']);
  for (const [, name, pid] of stdout.matchAll(/^(portlock-probe-(\d+)-\w+)/gm))
    if (name !== undefined && !existsSync(`/proc/${pid}`))
      await run('ip', ['netns', 'delete', name]);
}
