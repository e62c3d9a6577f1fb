import ipaddr from 'ipaddr.js';
import type { IPBlock } from '../../api/kubernetes.ts';
import type { IpFamily } from './ip-family.ts';

type Address = ReturnType<typeof ipaddr.process>;
type Range = [Address, number];

/**
 * Whether an address lies in a block. "except is a slice of CIDRs that should not be included
 * within an IPBlock." (networking.k8s.io/v1) What cannot be read contains nothing, so an exception
 * that cannot be read excludes nothing; one outside of the block makes no difference.
 */
export function blockContains(block: IPBlock, ip: string): boolean {
  const address = parseAddress(ip);
  if (!address) return false;
  return (
    cidrContains(block.cidr, address) &&
    !(block.except ?? []).some((cidr) => cidrContains(cidr, address))
  );
}

/** The family of the addresses that a block may contain; undefined where it contains none. */
export function blockFamily({ cidr }: IPBlock): IpFamily | undefined {
  const range = parseRange(cidr);
  return range && (range[0].kind() === 'ipv4' ? 'IPv4' : 'IPv6');
}

function cidrContains(cidr: string, address: Address): boolean {
  const range = parseRange(cidr);
  return range !== undefined && range[0].kind() === address.kind() && address.match(range);
}

/** An IPv4 address in IPv6 form (`::ffff:10.0.0.1`) is the IPv4 address, as it is to the API server. */
function parseAddress(text: string): Address | undefined {
  const plain = withoutLeadingZeros(text);
  if (ipaddr.IPv4.isValidFourPartDecimal(plain)) return ipaddr.IPv4.parse(plain);
  return ipaddr.IPv6.isValid(plain) ? ipaddr.process(plain) : undefined;
}

function parseRange(text: string): Range | undefined {
  const plain = withoutLeadingZeros(text);
  if (ipaddr.IPv4.isValidCIDRFourPartDecimal(plain)) return ipaddr.IPv4.parseCIDR(plain);
  if (!ipaddr.IPv6.isValidCIDR(plain)) return undefined;
  const [address, bits] = ipaddr.IPv6.parseCIDR(plain);
  const mapped = address.isIPv4MappedAddress() && bits >= 96;
  return mapped ? [address.toIPv4Address(), bits - 96] : [address, bits];
}

/** The API server reads `010.0.0.0` as 10.0.0.0; the parser would take the zero for octal. */
function withoutLeadingZeros(text: unknown): string {
  return typeof text === 'string' ? text.replace(/(^|\.)0+(?=\d)/g, '$1') : '';
}
