import { availableParallelism } from 'node:os';
import { dirname } from 'node:path';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { shippedPath } from './test/support/shipped-path.mjs';

const root = import.meta.dirname;

/** Files directly in `test/` run whole programs and take longest: they start first, so that no core waits at the end. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const depth = ({ moduleId }: TestSpecification): number => (dirname(moduleId) === `${root}/test` ? 0 : 1);
    return sorted.sort((a, b) => depth(a) - depth(b));
  }
}

/** What is tested is what is shipped: the sources are taken from dist, where Node loads them itself. */
const shippedSources = {
  name: 'shipped-sources',
  enforce: 'pre' as const,
  resolveId(source: string, importer: string | undefined) {
    const id = importer === undefined ? undefined : shippedPath(source, importer);
    return id === undefined ? undefined : { id, external: true };
  },
};

export default defineConfig({
  plugins: [shippedSources],
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/matrix/**', 'test/bench/**', 'test/third-party/**'],
    globalSetup: 'test/support/build.ts',
    server: { deps: { external: [/\/dist\/(?:src|bin|checks)\//] } },
    // Much of a trial is waiting: twice as many files at once as there are cores. With more the products on trial are starved:
    // rightly found slow, or given few samples a minute, which takes minutes.
    maxWorkers: 2 * availableParallelism(),
    sequence: { sequencer: LongestFirst },
    // Files share their modules: loading them again for each of 150 files took longer than half of the tests.
    isolate: false,
    // Whole programs, on a machine that may have other work: what takes so long hangs.
    testTimeout: 600_000,
    hookTimeout: 600_000,
    expect: { poll: { timeout: 20_000 } },
  },
});
