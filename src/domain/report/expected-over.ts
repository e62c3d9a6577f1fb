import type { Expectation, Expected } from '../evaluate/expectation.ts';
import type { IpFamily } from '../match/ip-family.ts';

/** What is expected where something was observed. */
export interface ExpectedOver extends Expected {
  /** The one of the pods' two families over which it was observed. */
  only?: IpFamily;
  /** The one that this is about, where the pods have both and it is not about the other. */
  family?: IpFamily;
}

/**
 * What is expected over the families over which something was observed: where they differ, that which makes the worse
 * news. Of a declared port it is that it is closed, of an undeclared one that nothing opened it.
 *
 * @param families those of the pods
 * @param observed the one over which it was observed, where that is not all
 */
export function expectedOver(
  expectation: Expectation,
  { port, protocol, declared }: Omit<Parameters<Expectation>[0], 'family'>,
  families: readonly IpFamily[],
  observed: readonly IpFamily[] | undefined,
): ExpectedOver {
  const isDual = families.length > 1;
  const only = isDual ? observed?.find((family) => families.includes(family)) : undefined;
  const each = (only ? [only] : families).map((family) => ({
    family,
    ...expectation({ port, protocol, declared, family }),
  }));
  const expected = ORDER.find((verdict) => each.some((one) => one.expected === verdict));
  const told = each.filter((one) => one.expected === expected);
  const [first] = told;
  const why = told.find((one) => one.why)?.why;
  return {
    expected: expected ?? 'Unknown',
    by: [...new Set(told.flatMap(({ by }) => by))].sort(),
    ...(why !== undefined && { why }),
    ...(only && { only }),
    ...(isDual && told.length === 1 && first && { family: first.family }),
  };
}

const ORDER = ['Denied', 'Unknown', 'Allowed'] as const;
