import { type Exposure, exposureOf } from '../../domain/exposure.ts';
import type { InsideView } from './inside.ts';
import type { FoundPod } from './lookup.ts';
import type { AddressResult } from './result.ts';
import type { DoneScan } from './run-scans.ts';
import { portsOf } from './scan.ts';

/** What is known beside a scan. */
export interface Circumstances {
  /** Whether the pod held the address before and after; only then does the scan say anything. */
  isHeld: boolean;
  inside: InsideView | undefined;
  /** The addresses of the machine or pod that probes. */
  ownAddresses: ReadonlySet<string>;
}

/** What the scan of one place comes to. */
export function resultOfScan(
  { plan, scan }: DoneScan,
  circumstances: Circumstances,
): AddressResult {
  const { place, asked, isNamed } = plan;
  const { isHeld, inside, ownAddresses } = circumstances;
  const { address, found } = place;
  const exposure = isHeld
    ? exposureOf({
        hasPod: found !== undefined,
        declared: found?.declared ?? [],
        asked,
        isNamed,
        outcomes: scan.outcomes,
        complete: scan.complete,
        doubt: scan.doubt ?? doubtOf(found, ownAddresses.has(address)),
        listeners: inside?.listeners,
      })
    : nothingKnown(found);
  const reason =
    exposure.reason !== '' && scan.note !== ''
      ? `${exposure.reason} (${scan.note})`
      : exposure.reason;
  return {
    ...exposure,
    reason,
    address,
    pod: found && identityOf(found),
    portsAsked: portsOf(asked),
    inside: inside?.containers,
  };
}

function doubtOf(found: FoundPod | undefined, isOwn: boolean): string | undefined {
  if (found?.pod.hostNetwork)
    return 'the pod uses the network of its node, to which no NetworkPolicy applies';
  if (found !== undefined && isOwn)
    return 'this is the pod that probes: no policy closes a pod to itself';
  return undefined;
}

function nothingKnown(found: FoundPod | undefined): Exposure {
  const who = found === undefined ? 'no pod' : `the pod ${found.pod.name}`;
  return {
    verdict: 'Unknown',
    reason: `${who} held the address before, and another one or none after: the result may be anybody's`,
    counts: { open: 0, refused: 0, filtered: 0, unreachable: 0, error: 0 },
    ports: [],
  };
}

function identityOf({ pod }: FoundPod): AddressResult['pod'] {
  const { namespace, name, uid, node } = pod;
  return { namespace, name, uid, node };
}
