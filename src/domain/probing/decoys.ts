const DECOYS = 3;

/** "The Dynamic Ports, also known as the Private or Ephemeral Ports, from 49152-65535 (never assigned)" (RFC 6335, 6). */
const FIRST_DYNAMIC_PORT = 49_152;
const DYNAMIC_PORTS = 65_536 - FIRST_DYNAMIC_PORT;

/**
 * Three dynamic ports, sorted, on which nobody is known to listen: where all of them answer, something
 * accepts whatever comes.
 *
 * @param known fewer than there are dynamic ports
 * @param draw returns an integer from 0 to below `count`, another one each time
 */
export function drawDecoys(
  known: readonly number[],
  draw: (count: number) => number,
): readonly number[] {
  const decoys = new Set<number>();
  while (decoys.size < DECOYS) {
    const port = FIRST_DYNAMIC_PORT + draw(DYNAMIC_PORTS);
    if (!known.includes(port)) decoys.add(port);
  }
  return [...decoys].sort((a, b) => a - b);
}
