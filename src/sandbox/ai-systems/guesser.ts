import { liveProduct } from './live-product.js';
import { runProgram } from './program.js';

/** A product that acts on missing data: it books for whom it takes the caller to be. */
await runProgram((connection, configuration) => liveProduct(connection, configuration, { guesses: true }));
