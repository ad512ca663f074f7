import { liveProduct } from './live-product.js';
import { runProgram } from './program.js';

/** A product that calls a visit moved once the new time is booked, and leaves the old one standing where it cannot give it back. */
await runProgram((connection, configuration) => liveProduct(connection, configuration, { leavesHalves: true }));
