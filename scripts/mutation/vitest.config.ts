import { defineConfig } from 'vitest/config';

/** The unit tests of src alone: what mutation testing runs. */
export default defineConfig({
  test: {
    include: ['src/**/*.test.ts'],
    testTimeout: 60_000,
    // Packages are imported as Node does it, and so as the operator runs.
    deps: { interopDefault: false },
  },
});
