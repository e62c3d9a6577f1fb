import type { Exposure, ExposureVerdict } from '../../domain/exposure/exposure.ts';
import type { ContainerView } from './inside.ts';

/** What became of one address. */
export interface AddressResult extends Exposure {
  address: string;
  /** The pod that held it all the time; undefined where no pod is known. */
  pod: { namespace: string; name: string; uid: string; node: string } | undefined;
  portsAsked: number;
  /** Undefined where nobody looked inside. */
  inside: readonly ContainerView[] | undefined;
}

/** What a probe has shown. */
export interface ProbeResult {
  /** As the user wrote it. */
  target: string;
  /** Whether it is a range of addresses, of which most may be nobody's. */
  isRange: boolean;
  /** The name of the machine or pod that probed. */
  from: string;
  /** Milliseconds since the epoch, both. */
  startedAt: number;
  endedAt: number;
  verdict: ExposureVerdict;
  addresses: readonly AddressResult[];
  /** How many addresses of a range that no pod is known to hold gave no answer; they are not listed. */
  silentAddresses: number;
  /** What the user must know to read the result, in sentences without a full stop. */
  warnings: readonly string[];
}

/** 0: nothing undeclared is reachable. 1: something is. 2: it could not be told. */
export function exitCodeOf(verdict: ExposureVerdict): number {
  return { Clean: 0, Findings: 1, Unknown: 2 }[verdict];
}
