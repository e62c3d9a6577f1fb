import ipaddr from 'ipaddr.js';

/** A TCP socket that waits for connections. */
export interface Listener {
  /** The address that it is bound to, in canonical form; `0.0.0.0` and `::` are all addresses. */
  address: string;
  port: number;
  /** What names the socket in /proc/PID/fd; unique in a machine's life. */
  inode: number;
}

/** A TCP connection that is there, as one side sees it. */
export interface EstablishedConnection {
  /** Of this side. */
  port: number;
  /** The other side, in canonical form. */
  peer: string;
}

/** TCP_LISTEN and TCP_ESTABLISHED in include/net/tcp_states.h. */
const LISTEN = '0A';
const ESTABLISHED = '01';

/**
 * `sl local_address rem_address st tx_queue:rx_queue tr:tm->when retrnsmt uid timeout inode ...`, as
 * get_tcp4_sock (net/ipv4/tcp_ipv4.c) and get_tcp6_sock (net/ipv6/tcp_ipv6.c) print it.
 */
const LINE =
  /^\s*\d+: ([0-9A-F]{8}|[0-9A-F]{32}):([0-9A-F]{4}) ([0-9A-F]{8}|[0-9A-F]{32}):[0-9A-F]{4} ([0-9A-F]{2}) [0-9A-F]+:[0-9A-F]+ [0-9A-F]+:[0-9A-F]+ [0-9A-F]+\s+\d+\s+\d+ (\d+)/;

/**
 * The listeners of /proc/net/tcp, /proc/net/tcp6 or both, one after the other. Lines of other
 * sockets, headers and what cannot be read are passed over. The kernel prints an address in the byte
 * order of its machine. That is taken to be little-endian, as on all that our image is for.
 */
export function parseListeners(text: string): Listener[] {
  return text.split('\n').flatMap((line) => {
    const [, address = '', port = '', , state, inode] = LINE.exec(line) ?? [];
    if (state !== LISTEN) return [];
    return [{ address: addressOf(address), port: Number.parseInt(port, 16), inode: Number(inode) }];
  });
}

/** The connections of the same tables that are there now; those that begin or end are not among them. */
export function parseConnections(text: string): EstablishedConnection[] {
  return text.split('\n').flatMap((line) => {
    const [, , port = '', peer = '', state] = LINE.exec(line) ?? [];
    if (state !== ESTABLISHED) return [];
    return [{ port: Number.parseInt(port, 16), peer: addressOf(peer) }];
  });
}

/** Whether an address can only be reached from inside: 127.0.0.0/8 and ::1. */
export function isLoopback(address: string): boolean {
  return ipaddr.isValid(address) && ipaddr.process(address).range() === 'loopback';
}

/**
 * Words of 32 bits, each with its bytes reversed. An IPv4 address in IPv6 form (`::ffff:10.0.0.1`)
 * is the IPv4 address: such a socket is reached by IPv4 only.
 */
function addressOf(hex: string): string {
  const bytes = (hex.match(/.{8}/g) ?? []).flatMap((word) =>
    (word.match(/../g) ?? []).map((byte) => Number.parseInt(byte, 16)).reverse(),
  );
  const address = ipaddr.fromByteArray(bytes);
  if (address.kind() === 'ipv4') return address.toString();
  const v6 = address as ReturnType<typeof ipaddr.IPv6.parse>;
  return v6.isIPv4MappedAddress() ? v6.toIPv4Address().toString() : v6.toString();
}
