import type { AnyFold } from './fold.js';

/** Every fold there is; each sees every exchange of a run. */
export const folds: readonly AnyFold[] = [];
