import ipaddr from 'ipaddr.js';

/** The form in which the API server writes an address; undefined where the text is none. */
export function canonicalAddress(text: string): string | undefined {
  if (ipaddr.IPv4.isValidFourPartDecimal(text)) {
    // Some read `010` as eight, others as ten; the API server refuses it.
    return /(^|\.)0\d/.test(text) ? undefined : text;
  }
  return ipaddr.IPv6.isValid(text) && !text.includes('%')
    ? ipaddr.process(text).toString()
    : undefined;
}

/** Whether nobody can be asked there: the unspecified address, multicast, broadcast. */
export function isNoHost(address: string): boolean {
  return ['unspecified', 'multicast', 'broadcast'].includes(ipaddr.parse(address).range());
}

/**
 * Every address of a range such as `10.0.0.0/24`, in order and in canonical form.
 * @param most the largest number of addresses that a range may have
 * @throws RangeError where the text is no range, or one with more addresses
 */
export function addressesOfRange(text: string, most: number): string[] {
  const [network = '', bits = ''] = text.split('/');
  const first = canonicalAddress(network);
  const width = first?.includes(':') ? 128 : 32;
  if (first === undefined || !/^\d{1,3}$/.test(bits) || Number(bits) > width)
    throw new RangeError(`"${text}" is no address range such as 10.0.0.0/24`);
  const count = 2 ** (width - Number(bits));
  if (count > most)
    throw new RangeError(
      `${text} has ${count.toLocaleString('en')} addresses: at most ${most.toLocaleString('en')} (/${width - Math.log2(most)}) can be probed at a time`,
    );
  const bytes = ipaddr.parse(first).toByteArray();
  const base = bytes.reduce((sum, byte) => sum * 256n + BigInt(byte), 0n);
  const start = base - (base % BigInt(count));
  return Array.from({ length: count }, (_, index) =>
    ipaddr.fromByteArray(bytesOf(start + BigInt(index), width / 8)).toString(),
  );
}

function bytesOf(value: bigint, length: number): number[] {
  return Array.from({ length }, (_, index) =>
    Number((value >> BigInt(8 * (length - 1 - index))) & 255n),
  );
}
