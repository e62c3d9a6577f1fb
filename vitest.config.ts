import { join } from 'node:path';
import { defineConfig } from 'vitest/config';
import { RightsLast } from './e2e/harness/rights-last.ts';

export default defineConfig({
  test: {
    sequence: { sequencer: RightsLast },
    // Two cores, and tests that mostly wait for a clock or a process.
    maxWorkers: 3,
    projects: [
      {
        test: {
          name: 'unit',
          // Files share workers: no module has state, and to import everything for each took half of the time.
          isolate: false,
          include: ['{src,config,scripts,e2e,bench}/**/*.test.ts'],
          exclude: ['**/*.e2e.test.ts', '**/node_modules/**'],
          // A bound for what hangs: with both cores busy, what only computes takes its time.
          testTimeout: 60_000,
          hookTimeout: 60_000,
          // Worker threads and programs that tests start are TypeScript: Node strips and compiles each module once.
          env: { NODE_COMPILE_CACHE: join(import.meta.dirname, 'node_modules/.cache/compiled') },
          // Packages are imported as Node does it, and so as the operator runs.
          deps: { interopDefault: false },
        },
      },
      e2eProject('e2e', ['e2e/*.e2e.test.ts', 'e2e/kube/*.e2e.test.ts'], 'e2e/global-setup.ts'),
      e2eProject(
        'e2e-dual-stack',
        ['e2e/dual-stack/*.e2e.test.ts'],
        'e2e/dual-stack/global-setup.ts',
      ),
      e2eProject('e2e-ptp', ['e2e/ptp/*.e2e.test.ts'], 'e2e/ptp/global-setup.ts'),
      e2eProject(
        'e2e-parts',
        ['e2e/{command-line,probe,cyclonus,manifests,metrics}/*.e2e.test.ts'],
        undefined,
      ),
      // What need not be known at every change: npm run test:long.
      e2eProject('e2e-long', ['e2e/long/*.e2e.test.ts'], 'e2e/global-setup.ts'),
      e2eProject('e2e-long-parts', ['e2e/probe/long/*.e2e.test.ts'], undefined),
      e2eProject('e2e-cluster', ['e2e/cluster/*.e2e.test.ts'], undefined),
      e2eProject('faults', ['e2e/faults/**/*.e2e.test.ts'], 'e2e/faults/global-setup.ts'),
      e2eProject('browser', ['e2e/browser/*.e2e.test.ts'], undefined),
      e2eProject('memory', ['e2e/memory/*.e2e.test.ts'], undefined),
      e2eProject('gitops', ['e2e/gitops/*.e2e.test.ts'], 'e2e/gitops/global-setup.ts'),
      e2eProject('release', ['e2e/release/*.e2e.test.ts'], undefined),
      e2eProject('upgrade', ['e2e/upgrade/*.e2e.test.ts'], 'e2e/global-setup.ts'),
      e2eProject('package', ['e2e/package/*.e2e.test.ts'], 'e2e/package/global-setup.ts'),
    ],
  },
});

/** Tests that share one cluster, or none: one file at a time. */
function e2eProject(name: string, include: string[], globalSetup: string | undefined) {
  return {
    test: {
      name,
      include,
      fileParallelism: false,
      testTimeout: 600_000,
      hookTimeout: 600_000,
      ...(globalSetup && { globalSetup: [globalSetup] }),
    },
  };
}
