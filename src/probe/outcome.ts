import type { Outcome } from '../domain/probing/reading.ts';

/**
 * What a connection ended with: `connected`, `self-connection` or `no-peer` (see connection.ts), or the
 * errno name of connect(2).
 */
export type ConnectResult = 'connected' | 'self-connection' | 'no-peer' | (string & {});

/**
 * This machine could not try, and has to try again: at once, or later with fewer connections under
 * way, where the process or the path to this one target is short of something.
 */
export type TryAgain = 'try-again' | 'shortage-of-process' | 'shortage-of-target';

/**
 * errno -> outcome. Sources: connect(2) and tcp(7); for errors that an ICMP message causes, Linux
 * `icmp_err_convert` (net/ipv4/icmp.c) and `icmpv6_err_convert` (net/ipv6/icmp.c).
 *
 * Numbers are the codes of "destination unreachable". IPv4 cannot tell "administratively prohibited"
 * (13, and 10) from "host unreachable" (1) or from a missing ARP answer: all are EHOSTUNREACH. IPv6 can:
 * codes 1, 5 and 6 are EACCES.
 * On IPv4 EACCES never comes from the network; it is a local `prohibit` route or a broadcast.
 *
 * An ICMP error that arrives while connect(2) still holds the socket (sender and rejecting firewall
 * on one machine) is only noted by the kernel (`sk_err_soft` in tcp_v4_err) and lost to us: the
 * socket learns of it when the kernel repeats the SYN, after 1 s. See retry.ts.
 */
const OUTCOME_OF: Readonly<Record<string, Outcome | TryAgain>> = {
  connected: 'open',
  'self-connection': 'try-again',
  'no-peer': 'try-again',
  ECONNRESET: 'open', // RST after the SYN was acknowledged, before we saw the connection
  EPIPE: 'open', // the same after FIN; a RST that refuses is ECONNREFUSED (Linux tcp_reset)

  ECONNREFUSED: 'refused', // RST; ICMP 3 and ICMPv6 4, port unreachable

  ETIMEDOUT: 'filtered', // the kernel gave up repeating the SYN

  EHOSTUNREACH: 'unreachable', // no ARP or neighbour answer; ICMP 1, 10, 12-15; ICMPv6 2, 3; TTL exceeded
  ENETUNREACH: 'unreachable', // no route here; ICMP 0, 6, 9, 11; ICMPv6 0
  EHOSTDOWN: 'unreachable', // ICMP 7, host unknown
  ENONET: 'unreachable', // ICMP 8, host isolated
  ENOPROTOOPT: 'unreachable', // ICMP 2, protocol unreachable
  EOPNOTSUPP: 'unreachable', // ICMP 5, source route failed
  EPROTO: 'unreachable', // ICMP and ICMPv6 parameter problem

  EMFILE: 'shortage-of-process', // file descriptors of the process
  ENFILE: 'shortage-of-process', // file descriptors of the machine
  ENOBUFS: 'shortage-of-process', // kernel memory
  ENOMEM: 'shortage-of-process',
  EADDRNOTAVAIL: 'shortage-of-target', // ephemeral ports towards this target; no source address
  EADDRINUSE: 'shortage-of-target',
  EAGAIN: 'shortage-of-target',

  // EPERM (an eBPF program or seccomp forbids connect), EACCES on IPv4, EAFNOSUPPORT, EINVAL and
  // all that is not listed: 'error'.
};

/**
 * What the end of a connection says about its port.
 * @param family 4 or 6: of the address that was connected to
 */
export function outcomeOf(result: ConnectResult, family: number): Outcome | TryAgain {
  if (result === 'EACCES' && family === 6) return 'unreachable'; // ICMPv6 1, 5, 6
  return OUTCOME_OF[result] ?? 'error';
}
