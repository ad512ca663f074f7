import { liveProduct } from './live-product.js';
import { runProgram } from './program.js';

/** A product that takes every retry for a new wish, and books once more. */
await runProgram((connection, configuration) => ({
  ...liveProduct(connection, configuration, { forgetsBookings: true }),
  forgetsEvents: true as const,
}));
