/**
 * Random numbers from 0 to below 1, the same ones each time: of a test that plays with chance, and must
 * not fail by it.
 */
export function seeded(seed: number): () => number {
  let state = Math.floor(seed * 1e6) + 1;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
