import { defineConfig } from 'vitest/config';

const patient = { testTimeout: 180_000, hookTimeout: 180_000 };

/** Real processes, sockets and disks, but no live media that a neighbour on the CPU could make late. */
const services = [
  'conformance',
  'integration/{app,core,edge,hls,hls-check,mixer-input,processes,recording,sfu,signaling,turn}',
].map((folder) => `test/${folder}/**/*.test.ts`);

/** Three projects: `unit` is quick and touches no network; `services` run side by side; all else one file at a time. */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/unit/**/*.test.ts'],
          testTimeout: 10_000,
          // Loading every module anew for each file took two thirds of the time. Unit tests share no state:
          // what a test replaces, it puts back, whatever the order (`--sequence.shuffle`).
          isolate: false,
          restoreMocks: true,
          unstubGlobals: true,
        },
      },
      { test: { name: 'services', include: services, ...patient, maxWorkers: 3, sequence: { groupOrder: 1 } } },
      {
        test: {
          name: 'system',
          include: ['test/{integration,e2e}/**/*.test.ts'],
          exclude: services,
          ...patient,
          fileParallelism: false,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
