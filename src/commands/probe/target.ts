import {
  addressesOfRange,
  canonicalAddress,
  isNoHost,
} from '../../domain/exposure/address-range.ts';
import type { WorkloadKind } from '../../domain/workload/workload.ts';
import { CommandError } from '../command-error.ts';
import { kindNamed } from '../kind-names.ts';

/** What the user wants probed. */
export type Target =
  | { kind: 'pod'; name: string }
  | { kind: 'workload'; of: WorkloadKind; name: string }
  | { kind: 'address'; address: string }
  | { kind: 'range'; cidr: string; addresses: readonly string[] };

/** Addresses that one command probes at most. */
const MOST_ADDRESSES = 1_024;

/** A DNS subdomain (RFC 1123), as the names of pods and workloads are. */
const NAME = /^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/;

/** Four numbers with dots, or digits with colons, whatever is wrong with them; a pod of such a name is `pod/NAME`. */
const MEANT_AS_ADDRESS = /^(\d+(\.\d+){3}|[\da-f]*:[\da-f:.]*(%.*)?)$/i;

/**
 * Parses TARGET: `NAME`, `pod/NAME`, `deployment/NAME` (and so on), an address, or a range of them.
 * @throws CommandError
 */
export function parseTarget(text: string): Target {
  const address = canonicalAddress(text);
  if (address !== undefined) {
    if (isNoHost(address)) throw new CommandError(`${text} is not the address of a host`);
    return { kind: 'address', address };
  }
  const [first = '', second, ...more] = text.split('/');
  if (MEANT_AS_ADDRESS.test(first) && canonicalAddress(first) === undefined)
    throw new CommandError(
      `cannot probe "${short(text)}": "${short(first)}" is not a valid IP address`,
    );
  if (second === undefined) return { kind: 'pod', name: named(first, text) };
  if (canonicalAddress(first) !== undefined) return rangeOf(text);
  const kind = kindNamed(first);
  if (kind === undefined || more.length > 0)
    throw new CommandError(
      `cannot probe "${short(text)}": it must be pod/NAME, deployment/NAME, statefulset/NAME (or another kind of workload), an IP address or a range of them such as 10.0.0.0/24`,
    );
  const name = named(second, text);
  return kind === 'Pod' ? { kind: 'pod', name } : { kind: 'workload', of: kind, name };
}

function rangeOf(cidr: string): Target {
  const addresses = addressesIn(cidr).filter((address) => !isNoHost(address));
  if (addresses.length === 0) throw new CommandError(`${cidr} has no address of a host`);
  return { kind: 'range', cidr, addresses };
}

function addressesIn(cidr: string): string[] {
  try {
    return addressesOfRange(cidr, MOST_ADDRESSES);
  } catch (error) {
    throw error instanceof RangeError ? new CommandError(error.message) : error;
  }
}

function named(name: string, text: string): string {
  if (!NAME.test(name))
    throw new CommandError(`cannot probe "${short(text)}": it is no name and no IP address`);
  return name;
}

/** What a user wrote, on one line of a message. */
function short(text: string): string {
  return text.replaceAll(/\s+/g, ' ').slice(0, 80);
}
