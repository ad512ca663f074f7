import answerShares from './answer-shares.js';
import canaries from './canaries.js';
import clockOffsets from './clock-offsets.js';
import contractSearches from './contract-searches.js';
import productFaults from './product-faults.js';
import productReading from './product-reading.js';
import productWriting from './product-writing.js';
import refusals from './refusals.js';
import throttling from './throttling.js';
import type { AnyFold } from './fold.js';

/** Every fold there is; each sees every exchange of a run. */
export const folds: readonly AnyFold[] = [
  answerShares,
  canaries,
  clockOffsets,
  contractSearches,
  productFaults,
  productReading,
  productWriting,
  refusals,
  throttling,
];
