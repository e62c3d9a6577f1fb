import { OUTCOMES, type Outcome } from '../../domain/probing/reading.ts';
import { entriesOf, fieldsOf, textOf } from '../../kube/wire-fields.ts';

/** What a peer saw of one address. */
export interface AskedAddress {
  address: string;
  /** Of a sweep of all ports, the open ones. */
  outcomes: ReadonlyMap<number, Outcome>;
  complete: boolean;
  /** Why a connection proves nothing there; empty where it does. */
  doubt: string;
  note: string;
}

/** What a peer saw at a time. */
export interface PeerRound {
  /** How long it took; the line is written at its end. */
  milliseconds: number;
  addresses: readonly AskedAddress[];
}

/** A round as the log of the peer's pod has it. */
export function roundLine({ milliseconds, addresses }: PeerRound): string {
  const told = addresses.map(({ outcomes, ...each }) => ({
    ...each,
    outcomes: Object.fromEntries(outcomes),
  }));
  return `${JSON.stringify({ milliseconds: Math.round(milliseconds), addresses: told })}\n`;
}

/** Undefined where the line is something else: a warning of Node, words of another image. */
export function parseRound(line: string): PeerRound | undefined {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return undefined;
  }
  const { milliseconds, addresses } = fieldsOf(value);
  if (typeof milliseconds !== 'number' || !Array.isArray(addresses)) return undefined;
  return { milliseconds, addresses: entriesOf(addresses).map(askedAddress) };
}

function askedAddress(value: unknown): AskedAddress {
  const { address, outcomes, complete, doubt, note } = fieldsOf(value);
  const known = Object.entries(fieldsOf(outcomes)).flatMap(([port, outcome]) => {
    const found = OUTCOMES.find((each) => each === outcome);
    return found ? [[Number(port), found] as const] : [];
  });
  return {
    address: textOf(address),
    outcomes: new Map(known),
    complete: complete === true,
    doubt: textOf(doubt),
    note: textOf(note),
  };
}
