import { liveProduct } from './live-product.js';
import { runProgram } from './program.js';

/** A product that finishes what a person had to look at first: it makes a visit of whatever it is told. */
await runProgram((connection, configuration) => ({
  ...liveProduct(connection, configuration, { takesFirst: true, turnsTimes: true }),
  takesAnyWish: true as const,
}));
