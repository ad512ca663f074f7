import { liveProduct } from './live-product.js';
import { runProgram } from './program.js';

/** A product that tells callers the times of now and leaves the booking to staff, who type it in. */
await runProgram((connection, configuration) => ({
  ...liveProduct(connection, configuration),
  call: () => Promise.resolve({ outcome: 'noted' as const, reason: 'staff will enter it' }),
}));
