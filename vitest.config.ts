import { availableParallelism } from 'node:os';
import { dirname } from 'node:path';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

const root = import.meta.dirname;

/** Files directly in `test/` run whole programs and take longest: they start first, so that no core waits at the end. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const depth = ({ moduleId }: TestSpecification): number => (dirname(moduleId) === `${root}/test` ? 0 : 1);
    return sorted.sort((a, b) => depth(a) - depth(b));
  }
}

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/matrix/**', 'test/bench/**', 'test/third-party/**'],
    // Much of a trial is waiting: twice as many files at once as there are cores.
    maxWorkers: 2 * availableParallelism(),
    sequence: { sequencer: LongestFirst },
    // Files share their modules: loading them again for each of 150 files took longer than half of the tests.
    isolate: false,
    testTimeout: 30_000,
    hookTimeout: 30_000,
  },
});
