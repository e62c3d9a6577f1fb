/** How many times as often as by default a property is tried: `npm run test:properties` sets it. */
const TIMES = Number(process.env.PROPERTY_TIMES ?? 1);

/** For `fc.assert`: so many runs where nobody asks for more. */
export function runs(byDefault: number): { numRuns: number } {
  return { numRuns: byDefault * TIMES };
}
