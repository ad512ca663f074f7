import { liveProduct } from './live-product.js';
import { runProgram } from './program.js';

/** A product that keeps a list of what went wrong and none of what it did: told again, it books once more. */
await runProgram((connection, configuration) => ({
  ...liveProduct(connection, configuration, { forgetsBookings: true }),
  forgetsEvents: true as const,
}));
