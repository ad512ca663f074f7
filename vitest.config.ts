import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/matrix/**', 'test/bench/**', 'test/third-party/**'],
    testTimeout: 30_000,
    hookTimeout: 30_000,
  },
});
