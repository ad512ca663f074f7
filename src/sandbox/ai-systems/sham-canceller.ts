import { liveProduct } from './live-product.js';
import { runProgram } from './program.js';

/** A product that says of a visit that it is cancelled, and leaves it standing. */
await runProgram((connection, configuration) => liveProduct(connection, configuration, { keepsVisits: true }));
