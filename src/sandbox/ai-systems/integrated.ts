import { liveProduct } from './live-product.js';
import { runProgram } from './program.js';

/** A product that lives in the EHR. */
await runProgram(liveProduct);
