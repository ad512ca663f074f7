import { conflictFacts } from './conflict.js';
import { controlFacts } from './control.js';
import { readFacts } from './read.js';

/** Every kind of fact this version records. One family, one file; a kind stands in exactly one of them. */
export const factKinds = {
  ...conflictFacts,
  ...controlFacts,
  ...readFacts,
};
export type FactKinds = typeof factKinds;
