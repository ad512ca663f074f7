import { liveProduct } from './live-product.js';
import { runProgram } from './program.js';

/** A product that says no where it sees nobody, and takes what it may not see for nothing there. */
await runProgram((connection, configuration) => liveProduct(connection, configuration, { takesUnseenForNone: true }));
