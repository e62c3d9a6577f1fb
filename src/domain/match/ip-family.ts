/** An IP family, as the API names it. */
export type IpFamily = 'IPv4' | 'IPv6';

export const IP_FAMILIES: readonly IpFamily[] = ['IPv4', 'IPv6'];

export function familyOf(address: string): IpFamily {
  return address.includes(':') ? 'IPv6' : 'IPv4';
}

/** The families of addresses, each once, IPv4 first. */
export function familiesOf(addresses: readonly string[]): IpFamily[] {
  return IP_FAMILIES.filter((family) => addresses.some((each) => familyOf(each) === family));
}
