import { liveProduct } from './live-product.js';
import { runProgram } from './program.js';

/** A product that goes on with what it once read, whatever has become of it since. */
await runProgram((connection, configuration) =>
  liveProduct(connection, configuration, { trustsFirstRead: true, ignoresMerges: true }),
);
