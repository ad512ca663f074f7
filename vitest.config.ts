import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/matrix/**', 'test/bench/**', 'test/third-party/**'],
    // Much of a trial is waiting: more files at once than there are cores.
    maxWorkers: '150%',
    // Files share their modules: loading them again for each of 150 files took longer than half of the tests.
    isolate: false,
    testTimeout: 30_000,
    hookTimeout: 30_000,
  },
});
