import { it } from 'vitest';

/**
 * With EHR_SCORECARD_TEST_ALL=1, as in `npm run matrix`, every case there is; else, so that `npm test` ends within five
 * minutes, some of each kind.
 */
export const everything = process.env['EHR_SCORECARD_TEST_ALL'] === '1';

/** The whole of a table whose every row starts an EHR of its own, or its first rows; the others are said to be left out. */
export function rows<T>(all: readonly T[], most = 2): readonly T[] {
  if (everything || all.length <= most) return all;
  it.skip(`${all.length - most} more of these, with EHR_SCORECARD_TEST_ALL=1`);
  return all.slice(0, most);
}

/** How often a property that takes long is tried. */
export const tries = (all: number): number => (everything ? all : Math.ceil(all / 3));
