import { liveProduct } from './live-product.js';
import { runProgram } from './program.js';

/** A product that finishes what a person had to look at first. */
await runProgram((connection, configuration) => liveProduct(connection, configuration, { takesFirst: true }));
