import { defineConfig } from 'vitest/config';

/** Two projects: `unit` is quick and touches no network; the rest run real processes, one file at a time. */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/unit/**/*.test.ts'],
          testTimeout: 10_000,
          // Loading every module anew for each of 160 files took two thirds of the time. Unit tests share no state:
          // what a test replaces, it puts back, whatever the order (`--sequence.shuffle`).
          isolate: false,
          restoreMocks: true,
          unstubGlobals: true,
        },
      },
      {
        test: {
          name: 'system',
          include: ['test/{conformance,integration,e2e}/**/*.test.ts'],
          testTimeout: 180_000,
          hookTimeout: 180_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
