import type { Rates } from './options.ts';

/** Connections a second: of each prober, of all together, and of all to one node; 0 for as many as go. */
export interface SharedRates {
  own: number;
  ofAll: number;
  toNode: number;
}

/** What is not given has no bound. */
export function sharedRatesOf(given: {
  connectionsPerSecond: number;
  connectionsPerSecondOfAll?: number;
  connectionsPerSecondToNode?: number;
}): SharedRates {
  return {
    own: given.connectionsPerSecond,
    ofAll: given.connectionsPerSecondOfAll ?? 0,
    toNode: given.connectionsPerSecondToNode ?? 0,
  };
}

/** The part of one of so many probers; where there is a bound, at least one connection a second. */
export function ratesOf({ own, ofAll, toNode }: SharedRates, probers: number): Rates {
  const bounds = [own, partOf(ofAll, probers)].filter((rate) => rate > 0);
  return {
    connectionsPerSecond: bounds.length > 0 ? Math.min(...bounds) : 0,
    connectionsPerSecondToNode: partOf(toNode, probers),
  };
}

function partOf(rate: number, probers: number): number {
  return rate === 0 ? 0 : Math.max(1, Math.floor(rate / probers));
}
