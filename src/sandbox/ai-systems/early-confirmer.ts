import { liveProduct } from './live-product.js';
import { runProgram } from './program.js';

/** A product that tells the caller that the visit is booked once it has sent it, whatever the EHR answers. */
await runProgram((connection, configuration) => liveProduct(connection, configuration, { confirmsUnanswered: true }));
