import { defineConfig } from 'vitest/config';

/** The unit tests of one folder of src, or of all: what mutation testing runs. */
export default defineConfig({
  test: {
    include: [`${process.env.MUTATION_TESTS ?? 'src'}/**/*.test.ts`],
    // Files share a worker, as in the unit tests: no module has state.
    isolate: false,
    testTimeout: 60_000,
    // Packages are imported as Node does it, and so as the operator runs.
    deps: { interopDefault: false },
  },
});
